"""Applying for a place without a name: states, profile, questions, answers by mail, deadlines."""
