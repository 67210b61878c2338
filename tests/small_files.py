"""A checkerboard as files on disk, in RecBole's layout: even users like even films, odd users odd ones."""

SIZE = 24
WITHHELD = {f"u{user}": f"f{(user + 6) % SIZE}" for user in range(SIZE)}
TOML = """
[model]
embedding_size = 8
[train]
epochs = 12
fanout = 5
validate_every = 3
"""


def write_checkerboard(folder, size=SIZE, withheld=None, names=lambda number: f"u{number}"):
    """Everyone likes all films of their parity but the withheld one, which the files do not tell of."""
    withheld = WITHHELD if withheld is None else withheld
    folder.mkdir()
    liked = [
        f"{names(user)}\tf{film}\t{3 + (user + film) % 5 / 2}\t{1_700_000_000 + 100 * user + film}"
        for user in range(size)
        for film in range(size)
        if user % 2 == film % 2 and withheld.get(names(user)) != f"f{film}"
    ]
    films = [f"f{film}\tFilm number {film} [{film}]\t{'even' if film % 2 == 0 else 'odd'}" for film in range(size)]
    facts = [f"e{film}\tdirected_by\tdirector {film % 4}" for film in range(size)]
    links = [f"f{film}\te{film}" for film in range(size)]
    for suffix, header, lines in (
        ("inter", "user_id:token\titem_id:token\trating:float\ttimestamp:float", liked),
        ("item", "item_id:token\ttitle:token_seq\tgenres:token_seq", films),
        ("kg", "head_id:token\trelation_id:token\ttail_id:token", facts),
        ("link", "item_id:token\tentity_id:token", links),
    ):
        (folder / f"films.{suffix}").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return folder
