"""A small folder of every format that is read from files, as its makers give it out: file name → text, or bytes."""

import gzip
import json


def json_lines(*objects):
    return "".join(json.dumps(one) + "\n" for one in objects)


def _flags(*on):
    return "|".join("1" if place in on else "0" for place in range(19))


ML_100K = {
    "u.data": "196\t242\t3\t881250949\n186\t302\t3\t891717742\n196\t302\t5\t881250950\n",
    "u.item": (
        f"242|Kolya (1996)|24-Jan-1997||http://imdb/Kolya|{_flags(5)}\n"
        f"302|Abyss, The (1989)|09-Aug-1989||http://imdb/Abyss|{_flags(1, 15)}\n"
        f"7|Misérables, Les (1995)|01-Jan-1995|||{_flags(0)}\n"
    ).encode("latin-1"),
    "u.user": "196|49|M|writer|55105\n186|39|F|executive|00000\n",
    "u.genre": "unknown|0\n",
    "u1.base": "196\t242\t3\t881250949\n",
}
ML_1M = {
    "ratings.dat": "1::1193::5::978300760\n1::661::3::978302109\n2::1193::4::978298413\n",
    "movies.dat": "1193::Amélie (2001)::Comedy|Romance\n661::Abyss, The (1989)::Action\n".encode("latin-1"),
    "users.dat": "1::F::1::10::48067\n2::M::56::16::70072\n",
}
ML_10M = {
    "ratings.dat": "1::122::5::838985046\n2::122::3.5::838983525\n",
    "movies.dat": "122::Amélie (2001)::Comedy|Romance\n",
    "tags.dat": "15::122::excellent!::1215184630\n",
}
ML_LATEST = {
    "ratings.csv": "userId,movieId,rating,timestamp\n1,1,4.0,964982703\n1,11,0.5,964981247\n2,1,3.0,964982224\n",
    "movies.csv": (
        "movieId,title,genres\n1,Toy Story (1995),Adventure|Children\n"
        '11,"American President, The (1995)",Comedy|Drama\n12,"Say ""Hi"", Abyss (nd)",(no genres listed)\n'
    ),
    "tags.csv": 'userId,movieId,tag,timestamp\n2,1,Pixar,1445714994\n3,1,pixar,1445714996\n3,11,"quiet, slow",1445714992\n',
    "links.csv": "movieId,imdbId,tmdbId\n1,0114709,862\n11,0112346,\n12,0113041,11862\n",
    "README.txt": "Summary\n",
}
AMAZON_2014 = {
    "reviews_Books_5.json.gz": gzip.compress(
        json_lines(
            {"reviewerID": "A1", "asin": "B1", "overall": 5.0, "unixReviewTime": 1252800000, "reviewText": "good"},
            {"reviewerID": "A1", "asin": "B2", "overall": 2.0, "unixReviewTime": 1252800001},
            {"reviewerID": "A2", "asin": "B1", "overall": 4.0, "unixReviewTime": 1252800002},
        ).encode()
    ),
    "meta_Books.json.gz": gzip.compress(
        b"{'asin': 'B1', 'title': 'Peter\\'s \"Tale\"', 'price': 7.5, 'brand': 'Penguin', "
        b"'categories': [['Books', 'Poetry']]}\n"
        b"{'asin': 'B9', 'title': 'Unread', 'related': {'also_bought': ['B1']}}\n"
    ),
}
AMAZON_2018 = {
    "AMAZON_FASHION_5.json": json_lines(
        {"overall": 5.0, "verified": True, "reviewerID": "A1", "asin": "B1", "unixReviewTime": 1441324800, "vote": "3"},
        {"overall": 1.0, "verified": False, "reviewerID": "A2", "asin": "B2", "unixReviewTime": 1441324801},
    ),
    "meta_AMAZON_FASHION.json": json_lines(
        {"title": "Cap", "brand": "Brim", "asin": "B1", "category": ["Clothing", "Hats"], "price": "$1,299.00"},
        {"title": "Scarf", "brand": "", "asin": "B2", "category": [], "price": "$5.00 - $9.00"},
    ),
}
AMAZON_2023 = {
    "All_Beauty.jsonl": json_lines(
        {"rating": 5.0, "asin": "V1", "parent_asin": "B1", "user_id": "A1", "timestamp": 1588687728923, "images": []},
        {"rating": 3.0, "asin": "V2", "parent_asin": "B1", "user_id": "A2", "timestamp": 1589665266052, "images": []},
    ),
    "meta_All_Beauty.jsonl": json_lines(
        {
            "main_category": "All Beauty",
            "title": "Spray",
            "price": None,
            "store": "Herb",
            "categories": [],
            "parent_asin": "B1",
        },
        {
            "main_category": "All Beauty",
            "title": "Soap",
            "price": 3.5,
            "store": "Herb",
            "categories": ["Bath"],
            "parent_asin": "B2",
        },
    ),
}
AMAZON_RATINGS = {"ratings_Books.csv": "A1,B1,5.0,1252800000\nA2,B1,3.0,1252800001\nA2,B2,1.0,1252800002\n"}
LIGHTGCN = {"train.txt": "0 0 1 2\n1 1\n", "test.txt": "0 3\n1 \n"}
BEHAVIOURS = {"train.txt": "0 7 8\n1 8\n", "test.txt": "0 9\n", "cart.txt": "0 7 3\n", "view.txt": "1 7 8 9\n"}
KGAT = {
    "train.txt": "0 0 1\n1 1\n",
    "test.txt": "1 0\n",
    "kg_final.txt": "0 0 2\n1 0 2\n2 1 3\n0 1 1\n",
    "user_list.txt": "org_id remap_id\nA9 0\nA8 1\n",
    "item_list.txt": "org_id remap_id freebase_id\nB5 0 m.05\nB6 1 m.06\n",
    "entity_list.txt": "org_id remap_id\nm.05 0\nm.06 1\nm.07 2\nm.08 3\n",
    "relation_list.txt": "org_id remap_id\nhttp://rdf.freebase.com/ns/book.genre 0\nhttp://rdf.freebase.com/ns/book.part 1\n",
}
KGCN = {
    "user_artists.dat": "userID\tartistID\tweight\n1\t7\t30\n1\t8\t2\n2\t7\t1\n",
    "kg.txt": "0\tmusic.artist.genre\t5\n1\tmusic.artist.genre\t5\n",
    "item_index2entity_id.txt": "7\t0\n8\t1\n",
    "user_friends.txt": "1\t2\n2\t1\n",
}
RIPPLENET = {"ratings_final.txt": "1\t7\t1\n1\t8\t0\n2\t8\t1\n", "kg_final.txt": "7\t0\t9\n8\t1\t7\n"}
HIN = {
    "user_artist.dat": "1\t46\t13883\n1\t47\t11690\n2\t46\t3\n",
    "artist_tag.dat": "46\t5\n47\t5\n46\t6\n",
    "user_user(original).dat": "1\t2\n2\t1\n",
    "user_user(knn).dat": "1\t2\t0.2\n",
}
RECBOLE = {"a.inter": "user_id:token\titem_id:token\nu\ti\n"}

FOLDERS = {
    "movielens": (ML_100K, ML_1M, ML_10M, ML_LATEST),
    "amazon": (AMAZON_2014, AMAZON_2018, AMAZON_2023, AMAZON_RATINGS),
    "lightgcn": (LIGHTGCN, BEHAVIOURS),
    "kgat": (KGAT,),
    "kgcn": (KGCN, RIPPLENET),
    "hin": (HIN,),
    "recbole": (RECBOLE,),
}
