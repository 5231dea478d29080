"""Call rounds: an audience, shared among callers, and what each call brought."""
