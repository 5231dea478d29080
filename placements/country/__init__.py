"""An invented country over real postcodes, schools, qualifications and counts: for `seed_country` and for the benchmarks."""
