"""Call rounds, mailings, leads, and what asking a company is worth."""

from campaigns.models.calls import Call, CallResult, CallRound
from campaigns.models.leads import Lead, LeadStep, Source
from campaigns.models.mailings import Mailing, MailingRecipient, Reply
from campaigns.models.prospect import Prospect

__all__ = ["Call", "CallResult", "CallRound", "Lead", "LeadStep", "Mailing", "MailingRecipient", "Prospect", "Reply", "Source"]
