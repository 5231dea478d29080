"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    """Call rounds, mailings, and the work of scouts."""

    name = "campaigns"

    def ready(self) -> None:
        """Say where scouts start, and listen to what becomes of companies."""
        from accounts import homes
        from accounts.hats import HatKind
        from campaigns import prospects
        from campaigns.calls import home as calls
        from campaigns.mailings import home as mailings
        from campaigns.mailings import rules as _rules
        from campaigns.scouting import home as scouting
        from campaigns.scouting import listening
        from campaigns.services import calls as call_rounds
        from campaigns.services import mailing_sending
        from companies import hooks
        from companies.merging import relations
        from placements.signals import place_mails_stopped
        from stagematch import jobs

        del _rules  # importing it has registered the rules
        homes.register_tasks(HatKind.ADMINISTRATOR, mailings.tasks)
        place_mails_stopped.connect(mailing_sending.stopped, dispatch_uid="campaigns.mailing_sending")
        for kind in (HatKind.ADVISOR_TARGET_GROUPS, HatKind.SCOUT):  # an advisor practice's home has enough to ask the database
            homes.register_tasks(kind, calls.tasks)
            homes.register_tasks(kind, mailings.tasks)
        relations.moves("campaigns.Call", "company", _("call rounds"))
        relations.moves("campaigns.CallResult", "company", _("calls"))
        relations.stays("campaigns.Prospect", "company")  # rewritten every night
        weighing, filling = {prospects.KIND: _("Weighing companies")}, {call_rounds.KIND: _("Writing the list of a call round")}
        jobs.name_kinds({mailing_sending.KIND: _("Sending a mailing"), **weighing, **filling})
        homes.register_home(HatKind.SCOUT, scouting.scout_home)
        homes.register_tasks(HatKind.SCOUT, scouting.tasks)
        hooks.company_registered.connect(listening.on_registered)
        hooks.recognition_gained.connect(listening.on_recognised)
        hooks.register_prefill(listening.prefill)
        relations.moves("campaigns.Lead", "company", _("leads"))
