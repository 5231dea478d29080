"""Addresses of matching."""

from django.urls import path

from matching.views import decisions, judge, outcomes, public, rounds, runs, trials, what_if, why

app_name = "matching"
urlpatterns = [
    path("zo-werkt-het/", public.how, name="how"),
    path("zo-werkt-het/<uuid:public_id>/", outcomes.published, name="published_outcomes"),
    path("criteria/<int:version>/", public.criteria, name="criteria"),
    path("rondes/", rounds.rounds, name="rounds"),
    path("rondes/nieuw/", rounds.new, name="round_new"),
    path("rondes/<uuid:public_id>/", rounds.detail, name="round"),
    path("rondes/<uuid:public_id>/start/", runs.start, name="run_start"),
    path("rondes/<uuid:public_id>/herinneren/", rounds.remind, name="round_remind"),
    path("rondes/<uuid:public_id>/vergelijken/", trials.compare, name="compare"),
    path("rondes/<uuid:public_id>/vergelijken/start/", trials.compare_start, name="compare_start"),
    path("rondes/<uuid:public_id>/vergelijken/stoppen/", trials.compare_cancel, name="compare_cancel"),
    path("rondes/<uuid:public_id>/manier/", trials.choose_policy, name="choose_policy"),
    path("rondes/<uuid:public_id>/afronden/", rounds.publish, name="round_publish"),
    path("runs/<uuid:public_id>/", runs.progress, name="run"),
    path("runs/<uuid:public_id>/stoppen/", runs.cancel, name="run_cancel"),
    path("runs/<uuid:public_id>/uitkomst/", runs.result, name="result"),
    path("runs/<uuid:public_id>/klassen/", outcomes.class_summary, name="class_summary"),
    path("runs/<uuid:public_id>/per-groep/", outcomes.by_group, name="outcomes"),
    path("runs/<uuid:public_id>/wat-als/", what_if.what_if, name="what_if"),
    path("runs/<uuid:public_id>/wat-als/stoppen/", what_if.what_if_cancel, name="what_if_cancel"),
    path("runs/<uuid:public_id>/overnemen/", runs.take_over, name="take_over"),
    path("runs/<uuid:public_id>/goedkeuren/", decisions.approve_many, name="approve_many"),
    path("voorstellen/<uuid:public_id>/", decisions.proposal, name="proposal"),
    path("voorstellen/<uuid:public_id>/waarom-niet/<uuid:place>/", why.why_not, name="why_not"),
    path("voorstellen/<uuid:public_id>/waarom-geen/", why.why_nothing, name="why_nothing"),
    path("voorstellen/<uuid:public_id>/wat-helpt/", why.what_helps, name="what_helps"),
    path("mijn-uitkomst/", why.unplaced, name="unplaced"),
    path("voorstellen/<uuid:public_id>/goedkeuren/", decisions.approve, name="approve"),
    path("voorstellen/<uuid:public_id>/terugnemen/", decisions.undo, name="undo"),
    path("voorstellen/<uuid:public_id>/afwijzen/", decisions.decline, name="decline"),
    path("beoordelen/", judge.judge, name="judge"),
    path("beoordelen/bezwaar/<uuid:public_id>/", judge.objection, name="objection"),
    path("beoordelen/weigering/<uuid:public_id>/", judge.refusal, name="refusal"),
]
