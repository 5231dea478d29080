"""Call rounds, mailings, leads, and what asking a company is worth."""

from campaigns.models.prospect import Prospect

__all__ = ["Prospect"]
