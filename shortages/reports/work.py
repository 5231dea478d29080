"""What an advisor can do at the desk: each act with its address, its words, its form and the service that does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from shortages.models import ShortageReport
from shortages.reports import desk_forms as forms
from shortages.reports.doing import Doer
from shortages.reports.errors import NotJoinable
from shortages.reports.workflow import A
from shortages.services import report_desk as services

Run = Callable[[ShortageReport, Doer | None, Mapping[str, Any], Actor], ShortageReport]


@dataclass(frozen=True)
class Work:
    """One act: what its button says, what was done when it has been done, and how."""

    act: A
    title: Promise
    done: Promise
    form: type[forms.DeskForm]
    run: Run


def _plain(act: A) -> Run:
    def run(report: ShortageReport, doer: Doer | None, data: Mapping[str, Any], actor: Actor) -> ShortageReport:
        text = data.get("text", "")
        return services.do(report=report, act=act, doer=doer, code=data.get("code", ""), text=text, told=bool(text))

    return run


def _log(report: ShortageReport, doer: Doer | None, data: Mapping[str, Any], actor: Actor) -> ShortageReport:
    return services.log(report=report, doer=doer, code=data["code"], text=data["text"], told=data["told"], company=data["company"])


def _propose(report: ShortageReport, doer: Doer | None, data: Mapping[str, Any], actor: Actor) -> ShortageReport:
    return services.propose(report=report, place=data["place"], doer=doer, text=data["text"])


def _later(report: ShortageReport, doer: Doer | None, data: Mapping[str, Any], actor: Actor) -> ShortageReport:
    return services.start_later(report=report, doer=doer, later_on=data["later_on"], text=data["text"])


def _withdraw(report: ShortageReport, doer: Doer | None, data: Mapping[str, Any], actor: Actor) -> ShortageReport:
    return services.withdraw(report=report, doer=doer, code=data["code"], text=data["text"])


def _hand_over(report: ShortageReport, doer: Doer | None, data: Mapping[str, Any], actor: Actor) -> ShortageReport:
    return services.hand_over(report=report, region=data["region"], doer=doer, text=data["text"])


def _join(report: ShortageReport, doer: Doer | None, data: Mapping[str, Any], actor: Actor) -> ShortageReport:
    other = ShortageReport.objects.at_desk(actor).filter(number=data["number"]).first()
    if other is None:
        raise NotJoinable(_("The other report is not in your region, or not of the students you help. Hand this one over first."))
    return services.join(report=report, other=other, doer=doer)


def _split(report: ShortageReport, doer: Doer | None, data: Mapping[str, Any], actor: Actor) -> ShortageReport:
    return services.split(report=report, doer=doer)


def _reopen(report: ShortageReport, doer: Doer | None, data: Mapping[str, Any], actor: Actor) -> ShortageReport:
    return services.do(report=report, act=A.REOPEN, doer=doer, text=data["text"])


WORK: dict[str, Work] = {
    "oppakken": Work(A.TAKE, _("Take it in hand"), _("It is in your hands now. Whoever reported it reads that."), forms.PlainForm, _plain(A.TAKE)),
    "vastleggen": Work(A.LOG, _("Write down what was done"), _("Written down."), forms.LogForm, _log),
    "voorstellen": Work(
        A.PROPOSE, _("Propose a place"), _("The place has been proposed: whoever reported it and the school get a mail."), forms.ProposeForm, _propose
    ),
    "past-niet": Work(A.DECLINE, _("The place does not fit"), _("The report is in hand again."), forms.PlainForm, _plain(A.DECLINE)),
    "opgelost": Work(A.SOLVE, _("Solved"), _("Closed as solved. Whoever reported it gets a mail."), forms.SolveForm, _plain(A.SOLVE)),
    "later": Work(
        A.START_LATER, _("Starts later"), _("Closed: the placement starts later. Whoever reported it gets a mail."), forms.LaterForm, _later
    ),
    "intrekken": Work(A.WITHDRAW, _("Withdrawn"), _("The report has been withdrawn."), forms.WithdrawForm, _withdraw),
    "sluiten": Work(
        A.GIVE_UP, _("Not solved"), _("Closed without a solution. Whoever reported it gets a mail."), forms.GiveUpForm, _plain(A.GIVE_UP)
    ),
    "overdragen": Work(
        A.HAND_OVER, _("Hand over to another region"), _("Handed over. The colleagues there find it in their list."), forms.HandOverForm, _hand_over
    ),
    "samenvoegen": Work(A.JOIN, _("Join with another report"), _("The reports are one now."), forms.JoinForm, _join),
    "splitsen": Work(A.SPLIT, _("Make it a report of its own"), _("It is a report of its own again."), forms.PlainForm, _split),
    "heropenen": Work(A.REOPEN, _("Open it again"), _("The report is open again."), forms.ReopenForm, _reopen),
}
