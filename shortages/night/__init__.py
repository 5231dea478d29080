"""The figures of a night: one look at the country, the engine over all of it, and the cells that pages read."""
