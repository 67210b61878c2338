// The index of one release's item vectors; not quantised, as that loses much of the ranking of small vectors.
// identifiers: index, label, property
// params: $dimensions: integer
// returns: nothing
// access: schema
CREATE VECTOR INDEX {{index}} IF NOT EXISTS FOR (n:{{label}}) ON n.{{property}}
OPTIONS {indexConfig: {
  `vector.dimensions`: $dimensions,
  `vector.similarity_function`: 'cosine',
  `vector.quantization.enabled`: false
}}
