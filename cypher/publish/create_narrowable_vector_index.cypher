// The index of one release's vectors of a label, which can be narrowed by properties of the nodes; for servers that have SEARCH.
// identifiers: index, label, property, filters
// params: $dimensions: integer
// returns: nothing
// access: schema
CYPHER 25
CREATE VECTOR INDEX {{index}} IF NOT EXISTS FOR (n:{{label}}) ON n.{{property}} WITH [{{n.filters}}]
OPTIONS {indexConfig: {
  `vector.dimensions`: $dimensions,
  `vector.similarity_function`: 'cosine',
  `vector.hnsw.m`: 32, // Neo4j's 16 and 100 find fewer of the best in one large graph, whatever the width it is searched by
  `vector.hnsw.ef_construction`: 200,
  `vector.quantization.enabled`: false
}}
