"""Every part on one address, with invented people: what the tests of the look open; no URL of the product leads here."""

from types import SimpleNamespace

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stagematch.forms import FilterForm

DAYS = [("mo", "maandag"), ("tu", "dinsdag"), ("we", "woensdag"), ("th", "donderdag"), ("fr", "vrijdag")]


class Filters(FilterForm):
    q = forms.CharField(label="Zoekwoord of crebo", required=False)
    postcode = forms.CharField(label="Postcode", required=False, help_text="Bijvoorbeeld 6511 AB")
    distance = forms.ChoiceField(label="Afstand", choices=[("5", "5 km"), ("15", "15 km")], required=False)
    pathway = forms.MultipleChoiceField(
        label="Leerweg", choices=[("bol", "BOL"), ("bbl", "BBL")], required=False, widget=forms.CheckboxSelectMultiple
    )


class Everything(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label="Naam")
    email = forms.EmailField(label="E-mailadres", help_text="Wij sturen hier berichten heen.", required=False)
    starts_on = forms.DateField(label="Eerste dag")
    hours = forms.IntegerField(label="Uren per week", min_value=1, max_value=40)
    travel = forms.ChoiceField(label="Hoe ga je?", choices=[("bike", "Met de fiets"), ("bus", "Met bus of trein")])
    pathway = forms.ChoiceField(label="Leerweg", choices=[("bol", "BOL"), ("bbl", "BBL")], widget=forms.RadioSelect)
    days = forms.MultipleChoiceField(
        label="Op welke dagen kun je?", choices=DAYS, widget=forms.CheckboxSelectMultiple, help_text="Kies alle dagen waarop je kunt."
    )
    about = forms.CharField(label="Wat wil je nog zeggen?", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    file = forms.FileField(label="Bestand met leerlingen", required=False)
    agree = forms.BooleanField(label="Ik heb gelezen wat er met mijn gegevens gebeurt")


def step(title: str, state: str, text: str = "") -> dict[str, str]:
    return {"title": title, "state": state, "text": text, "url": "" if state == "todo" else "?"}


STATES = [("info", "Voorgesteld"), ("success", "Goedgekeurd"), ("warning", "Ver weg"), ("danger", "Bezwaar"), ("neutral", "Ingetrokken")]
ROWS = [
    {
        "id": n,
        "name": ["Samir El Amrani", "Noor de Vries", "Jayden van der Heijden-Bouwmeester", "Lotte Jansen"][n % 4],
        "title": ["Helpende zorg en welzijn", "Junior developer", "Monteur elektrotechniek"][n % 3],
        "company": ["Zorggroep Merwede", "Softwarehuis De Vecht", "Installatiebedrijf Van Rijn"][n % 3],
        "metres": 1200 + 731 * n,
        "points": 950 - 23 * n,
        "kind": STATES[n % 5][0],
        "state": STATES[n % 5][1],
    }
    for n in range(24)
]
HATS = (
    SimpleNamespace(key="coordinator:1", label="BPV-coördinator, ROC Rijn en Waal"),
    SimpleNamespace(key="supervisor:4", label="Begeleider, ROC Rijn en Waal"),
)
CONTEXT = {
    "actor": SimpleNamespace(user=SimpleNamespace(name="Noor de Vries", email="noor@school.example"), hat=HATS[0], hats=HATS),
    "nav": [
        {"label": "Vandaag", "url": "?", "current": True, "icon": "home"},
        {"label": "Leerlingen", "url": "?show=form", "current": False, "icon": "people"},
        {"label": "Rondes", "url": "?show=table", "current": False, "icon": "path"},
        {"label": "Cijfers", "url": "?show=phone", "current": False, "icon": "chart"},
        {"label": "Criteria", "url": "?show=criteria", "current": False, "icon": "info"},
    ],
    "tasks": [
        {
            "title": "128 voorstellen wachten op uw besluit",
            "text": "12 uitzonderingen eerst: ver weg, minderjarig.",
            "url": "?",
            "action": "Bekijken",
        },
        {"title": "3 leerlingen zijn niet klaar", "text": "Zij missen leerdoelen of dagen.", "url": "?", "action": "Wie zijn dat?"},
        {"title": "Een bezwaar van vandaag", "text": "Samir vindt de reistijd te lang.", "url": "?", "action": "Beoordelen"},
    ],
    "figures": [
        {"label": "heeft een plek", "value": "94,2 %", "note": "412 van 437"},
        {"label": "gemiddelde afstand", "value": "4,7 km", "note": ""},
        {"label": "leerdoelen gehaald", "value": "81 %", "note": ""},
        {"label": "zonder plek", "value": "25", "note": "19 te ver, 6 vol"},
    ],
    "facts": [
        ("Leerling", "Samir El Amrani"),
        ("Periode", "8 februari 2027 tot 2 juli 2027"),
        ("Dagen", "maandag, dinsdag, donderdag"),
        ("Vergoeding", "€ 350 per maand"),
    ],
    "places": [
        {**ROWS[0], "town": "Nijmegen", "minutes": 14, "qualification": "25655 Helpende zorg en welzijn, niveau 2", "allowance": 350},
        {**ROWS[2], "town": "Wijchen", "minutes": 75, "qualification": "25331 Monteur elektrotechniek, niveau 2", "allowance": 412.5},
    ],
    "path": [
        step("Voorbereiden", "done"),
        step("Matchen", "done", "Je bent gekoppeld op 21 november 2026."),
        step("Kennismaken", "now", "Bel je begeleider en spreek af."),
        step("Tekenen", "todo"),
        step("Starten", "todo"),
        step("Afronden", "todo"),
    ],
    "wizard": [step("Leerdoelen", "done"), step("Reizen", "done"), step("Dagen", "now"), step("Bedrijf", "todo"), step("Hulp", "todo")],
    "rows": ROWS,
}
SCORE = [
    {"label": "Afstand", "points": 221, "max": 300, "note": "3,2 van ten hoogste 12 km"},
    {"label": "Leerdoelen", "points": 270, "max": 300, "note": "9 van 10"},
    {"label": "Soort bedrijf", "points": 150, "max": 150, "note": "eerste wens"},
    {"label": "Begeleiding", "points": 100, "max": 100, "note": ""},
    {"label": "Dagen", "points": 66, "max": 100, "note": "2 van 3"},
    {"label": "Vergoeding", "points": 5, "max": 50, "note": ""},
]


@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    """One part of the gallery: parts, phone, form or table; a form that was sent comes back with its errors."""
    show = request.GET.get("show", "parts")
    if show == "progress":
        done = {"percent": 100, "phase": "Klaar", "url": "", "text": "", "done": True, "done_url": "?", "done_text": "Bekijk de uitkomst"}
        return render(request, "parts/progress.html", done)
    if show == "why":
        return HttpResponse('<div class="sm-panel__head"><h2>Waarom deze plek?</h2></div><p>Dichtbij.</p>')
    if show == "table":
        request.GET = request.GET.copy()
        request.GET.setdefault("sort", "name")
    page = Paginator(range(240), 24).get_page(request.GET.get("page"))
    context = {
        **CONTEXT,
        "show": show,
        "page": page,
        "filters": Filters(request.GET),
        "form": Everything(request.POST or None),
        "score": SCORE,
        "row": request.GET.get("row"),
    }
    return render(request, "stagematch/gallery.html", context)
