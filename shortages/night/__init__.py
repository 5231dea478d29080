"""The figures of every night."""
