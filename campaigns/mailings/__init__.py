"""Mailings to companies: an audience, words, and what came back."""
