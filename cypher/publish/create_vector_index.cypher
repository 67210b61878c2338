// The index of one release's item vectors; not quantised, as that loses much of the ranking of small vectors.
// identifiers: index, label, property
// params: $dimensions: integer
// returns: nothing
// access: schema
CREATE VECTOR INDEX {{index}} IF NOT EXISTS FOR (n:{{label}}) ON n.{{property}}
OPTIONS {indexConfig: {
  `vector.dimensions`: $dimensions,
  `vector.similarity_function`: 'cosine',
  `vector.hnsw.m`: 32, // Neo4j's 16 and 100 find fewer of the best in one large graph, whatever the width it is searched by
  `vector.hnsw.ef_construction`: 200,
  `vector.quantization.enabled`: false
}}
