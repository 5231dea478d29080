"""The engine's texts in Dutch and English, B1 level. A pair is (one, more than one); {n} is the number that chooses."""

from __future__ import annotations

Text = str | tuple[str, str]

DAY_NAMES = {
    "nl": {"mo": "maandag", "tu": "dinsdag", "we": "woensdag", "th": "donderdag", "fr": "vrijdag", "sa": "zaterdag", "su": "zondag"},
    "en": {"mo": "Monday", "tu": "Tuesday", "we": "Wednesday", "th": "Thursday", "fr": "Friday", "sa": "Saturday", "su": "Sunday"},
}

WHY_THIS: dict[str, dict[str, Text]] = {
    "this_total": {"nl": "Deze stageplek past voor {n} van de 1000 punten bij je.", "en": "This place fits you for {n} of the 1000 points."},
    "points": {"nl": ("Dat is {n} van de {max} punten.", "Dat zijn {n} van de {max} punten."), "en": "That is {n} of {max} points."},
    "distance_limit": {
        "nl": "Het bedrijf ligt {distance} km van je adres, in een rechte lijn. Jouw grens is {limit} km.",
        "en": "The company is {distance} km from you, in a straight line. Your limit is {limit} km.",
    },
    "goals_none": {
        "nl": "Je koos geen leerdoelen. Dan krijg je hier alle punten.",
        "en": "You chose no learning goals. Then you get all points here.",
    },
    "goals_met": {
        "nl": ("Je kunt hier {n} van je {asked} leerdoelen oefenen.", "Je kunt hier {n} van je {asked} leerdoelen oefenen."),
        "en": "You can practise {n} of your {asked} learning goals here.",
    },
    "kind_none": {
        "nl": "Je koos geen soort bedrijf. Dan krijg je hier alle punten.",
        "en": "You chose no kind of company. Then you get all points here.",
    },
    "kind_first": {"nl": "Dit soort bedrijf was je eerste wens.", "en": "This kind of company was your first wish."},
    "kind_second": {"nl": "Dit soort bedrijf was je tweede wens.", "en": "This kind of company was your second wish."},
    "kind_other": {"nl": "Je koos een ander soort bedrijf.", "en": "You chose another kind of company."},
    "support_none": {
        "nl": "Je vroeg geen extra begeleiding. Dan krijg je hier alle punten.",
        "en": "You asked for no extra guidance. Then you get all points here.",
    },
    "support_enough": {
        "nl": "Je vroeg begeleiding {wanted} (van 3). Het bedrijf biedt {offered}. Dat is genoeg.",
        "en": "You asked for guidance {wanted} (of 3). The company offers {offered}. That is enough.",
    },
    "support_less": {
        "nl": "Je vroeg begeleiding {wanted} (van 3). Het bedrijf biedt {offered}.",
        "en": "You asked for guidance {wanted} (of 3). The company offers {offered}.",
    },
    "days_shared": {
        "nl": ("Op {n} van jouw {own} dagen kun je daar werken.", "Op {n} van jouw {own} dagen kun je daar werken."),
        "en": "You can work there on {n} of your {own} days.",
    },
    "allowance_none": {
        "nl": "Je vroeg geen bedrag per maand. Dan krijg je hier alle punten.",
        "en": "You did not ask for an amount a month. Then you get all points here.",
    },
    "allowance_enough": {
        "nl": "Je hoopte op € {hoped} per maand. Het bedrijf geeft € {offered}.",
        "en": "You hoped for € {hoped} a month. The company pays € {offered}.",
    },
    "allowance_less": {
        "nl": "Je hoopte op € {hoped} per maand. Het bedrijf geeft € {offered}.",
        "en": "You hoped for € {hoped} a month. The company pays € {offered}.",
    },
    "decided_most": {
        "nl": "Er is geen andere verdeling waarbij de studenten samen meer punten krijgen.",
        "en": "There is no other way to divide the places that gives the students more points together.",
    },
    "decided_generous": {
        "nl": "Bij deze verdeling telt het extra als je ver van je wensen zit. Samen kan het niet beter.",
        "en": "In this match it counts more when you are far from your wishes. Together it cannot be better.",
    },
    "decided_stable": {
        "nl": "Plekken die jij liever had, gingen naar studenten die daar hoger op de lijst staan.",
        "en": "Places that you would rather have went to students who are higher on the list there.",
    },
}

WHY_NOT: dict[str, dict[str, Text]] = {
    "rule_qualification": {"nl": "Deze plek is niet voor jouw opleiding.", "en": "This place is not for your course."},
    "rule_distance": {"nl": "Deze plek is verder weg dan jouw grens.", "en": "This place is further away than your limit."},
    "rule_level": {"nl": "Deze plek is voor een ander niveau.", "en": "This place is for another level."},
    "rule_pathway": {"nl": "Deze plek is voor een andere leerweg (bol of bbl).", "en": "This place is for the other pathway (BOL or BBL)."},
    "rule_period": {"nl": "Deze plek is te kort open in jouw periode.", "en": "This place is not open long enough in your period."},
    "rule_days": {"nl": "Deze plek heeft te weinig dagen die jij ook kunt.", "en": "This place has too few days on which you can work."},
    "rule_needs": {
        "nl": "Deze plek biedt niet alle aanpassingen die jij nodig hebt.",
        "en": "This place does not offer all adjustments that you need.",
    },
    "rule_demands": {"nl": "Deze plek vraagt iets dat jij nog niet hebt.", "en": "This place asks for something that you do not have yet."},
    "rule_no_slot": {"nl": "Op deze plek is nu geen ruimte voor een student.", "en": "This place has no room for a student now."},
    "own_place": {"nl": "Dit is jouw stageplek.", "en": "This is your place."},
    "points_there": {"nl": "Op deze plek zou je {n} punten hebben.", "en": "At this place you would have {n} points."},
    "points_now": {"nl": "Nu heb je {n} punten.", "en": "Now you have {n} points."},
    "others_fewer": {
        "nl": ("{n} andere student krijgt dan minder punten.", "{n} andere studenten krijgen dan minder punten."),
        "en": ("Then {n} other student gets fewer points.", "Then {n} other students get fewer points."),
    },
    "others_more": {
        "nl": ("{n} andere student krijgt dan meer punten.", "{n} andere studenten krijgen dan meer punten."),
        "en": ("Then {n} other student gets more points.", "Then {n} other students get more points."),
    },
    "others_out": {
        "nl": ("{n} andere student raakt dan de stageplek kwijt.", "{n} andere studenten raken dan hun stageplek kwijt."),
        "en": ("Then {n} other student loses the place.", "Then {n} other students lose their places."),
    },
    "others_out_before": {
        "nl": (
            "{n} andere student raakt dan de stageplek kwijt. Die was eerder aan de beurt dan jij.",
            "{n} andere studenten raken dan hun stageplek kwijt. Zij waren eerder aan de beurt dan jij.",
        ),
        "en": (
            "Then {n} other student loses the place. Their turn came before yours.",
            "Then {n} other students lose their places. Their turns came before yours.",
        ),
    },
    "others_in": {
        "nl": ("{n} andere student krijgt dan wel een plek.", "{n} andere studenten krijgen dan wel een plek."),
        "en": ("Then {n} other student does get a place.", "Then {n} other students do get a place."),
    },
    "lost": {
        "nl": ("Alle studenten samen verliezen dan {n} punt.", "Alle studenten samen verliezen dan {n} punten."),
        "en": ("Then all students together lose {n} point.", "Then all students together lose {n} points."),
    },
    "lost_generous": {
        "nl": (
            "Samen is dat {n} punt minder, waarbij slecht passen zwaarder telt.",
            "Samen is dat {n} punten minder, waarbij slecht passen zwaarder telt.",
        ),
        "en": (
            "Together that is {n} point less, where a poor fit counts for more.",
            "Together that is {n} points less, where a poor fit counts for more.",
        ),
    },
    "lost_at_least": {
        "nl": ("Alle studenten samen verliezen dan zeker {n} punt.", "Alle studenten samen verliezen dan zeker {n} punten."),
        "en": ("Then all students together lose at least {n} point.", "Then all students together lose at least {n} points."),
    },
    "lost_unknown": {
        "nl": "Het is niet precies te zeggen wat dit anderen kost: de groep is te groot.",
        "en": "What this costs others cannot be said exactly: the group is too large.",
    },
    "equal_lots": {"nl": "Dit is precies even goed voor iedereen. De loting koos.", "en": "This is just as good for everyone. Lots decided."},
    "equal": {"nl": "Voor iedereen samen is dit even goed.", "en": "For everyone together this is just as good."},
    "won_but": {
        "nl": (
            "Samen is dat {n} punt meer. Maar bij deze verdeling telt het totaal niet.",
            "Samen zijn dat {n} punten meer. Maar bij deze verdeling telt het totaal niet.",
        ),
        "en": (
            "Together that is {n} point more. But the total does not count in this match.",
            "Together that is {n} points more. But the total does not count in this match.",
        ),
    },
}

WHY_NOTHING: dict[str, dict[str, Text]] = {
    "none_at_all": {"nl": "In deze ronde is er geen plek voor jouw opleiding.", "en": "In this round there is no place for your course."},
    "none_none_near": {
        "nl": (
            "Er is {n} plek voor jouw opleiding, maar niet binnen jouw grens.",
            "Er zijn {n} plekken voor jouw opleiding, maar geen binnen jouw grens.",
        ),
        "en": ("There is {n} place for your course, but not within your limit.", "There are {n} places for your course, but none within your limit."),
    },
    "none_level": {
        "nl": ("Binnen jouw grens is {n} plek, maar niet voor jouw niveau.", "Binnen jouw grens zijn {n} plekken, maar geen voor jouw niveau."),
        "en": ("Within your limit is {n} place, but not for your level.", "Within your limit are {n} places, but none for your level."),
    },
    "none_pathway": {
        "nl": (
            "Er is {n} plek in de buurt voor jouw niveau, maar niet voor jouw leerweg.",
            "Er zijn {n} plekken in de buurt voor jouw niveau, maar geen voor jouw leerweg.",
        ),
        "en": ("Nearby is {n} place for your level, but not for your pathway.", "Nearby are {n} places for your level, but none for your pathway."),
    },
    "none_period": {
        "nl": (
            "Er is {n} plek in de buurt, maar die is niet lang genoeg open in jouw periode.",
            "Er zijn {n} plekken in de buurt, maar geen is lang genoeg open in jouw periode.",
        ),
        "en": (
            "Nearby is {n} place, but it is not open long enough in your period.",
            "Nearby are {n} places, but none is open long enough in your period.",
        ),
    },
    "none_days": {
        "nl": (
            "Er is {n} plek in de buurt, maar met te weinig dagen die jij kunt.",
            "Er zijn {n} plekken in de buurt, maar alle met te weinig dagen die jij kunt.",
        ),
        "en": ("Nearby is {n} place, but with too few of your days.", "Nearby are {n} places, but all with too few of your days."),
    },
    "none_needs": {
        "nl": (
            "Er is {n} plek in de buurt, maar die biedt niet alles wat jij nodig hebt.",
            "Er zijn {n} plekken in de buurt, maar geen biedt alles wat jij nodig hebt.",
        ),
        "en": ("Nearby is {n} place, but it does not offer all you need.", "Nearby are {n} places, but none offers all you need."),
    },
    "none_demands": {
        "nl": (
            "Er is {n} plek in de buurt, maar die vraagt iets dat jij nog niet hebt.",
            "Er zijn {n} plekken in de buurt, maar alle vragen iets dat jij nog niet hebt.",
        ),
        "en": (
            "Nearby is {n} place, but it asks for something you do not have yet.",
            "Nearby are {n} places, but all ask for something you do not have yet.",
        ),
    },
    "none_taken": {
        "nl": (
            "Binnen jouw grens is {n} plek, maar die was al vol voor deze ronde.",
            "Binnen jouw grens zijn {n} plekken, maar die waren al vol voor deze ronde.",
        ),
        "en": (
            "Within your limit is {n} place, but it was full before this round.",
            "Within your limit are {n} places, but they were full before this round.",
        ),
    },
    "none_full": {
        "nl": ("Er is {n} plek die bij je past, maar die is vol.", "Er zijn {n} plekken die bij je passen, maar ze zijn allemaal vol."),
        "en": ("There is {n} place that fits you, but it is full.", "There are {n} places that fit you, but all are full."),
    },
    "share_students": {
        "nl": ("{n} student kan alleen hier terecht:", "{n} studenten kunnen alleen op dezelfde plekken terecht:"),
        "en": ("{n} student can go here only:", "{n} students can only go to the same places:"),
    },
    "share_slots": {
        "nl": ("daar kan {n} student werken.", "daar kunnen {n} studenten werken."),
        "en": ("there is room for {n} student.", "there is room for {n} students."),
    },
    "share_without": {
        "nl": ("Hoe je ook verdeelt, {n} student heeft dan geen plek.", "Hoe je ook verdeelt, {n} studenten hebben dan geen plek."),
        "en": ("However you divide them, {n} student has no place then.", "However you divide them, {n} students have no place then."),
    },
    "ranking_decides": {
        "nl": "Elke plek koos zelf op volgorde: eerst de groep, dan leerdoelen, dagen en afstand, en dan de loting.",
        "en": "Each place chose in order: first the group, then goals, days and distance, and then lots.",
    },
    "turn_decides": {
        "nl": "Wie eerder aan de beurt is, krijgt een plek. Dat bepalen de groep en de loting. Je punten tellen daarbij niet.",
        "en": "Whose turn comes first gets a place. The group and the lots decide that. Your points do not count for it.",
    },
}

CHANGES: dict[str, dict[str, Text]] = {
    "change": {"nl": "Als je {steps}, krijg je in deze ronde een plek.", "en": "If you {steps}, you get a place in this round."},
    "step_distance": {"nl": "{n} km verder wilt reizen", "en": "are willing to travel {n} km further"},
    "step_day": {"nl": "ook op {days} kunt werken", "en": "can also work on {days}"},
    "step_days_needed": {
        "nl": ("genoeg hebt aan {n} dag per week", "genoeg hebt aan {n} dagen per week"),
        "en": ("need only {n} day a week", "need only {n} days a week"),
    },
    "step_earlier": {
        "nl": ("{n} week eerder kunt beginnen ({date})", "{n} weken eerder kunt beginnen ({date})"),
        "en": ("can start {n} week earlier ({date})", "can start {n} weeks earlier ({date})"),
    },
    "step_later": {
        "nl": ("{n} week later kunt stoppen ({date})", "{n} weken later kunt stoppen ({date})"),
        "en": ("can stay {n} week longer ({date})", "can stay {n} weeks longer ({date})"),
    },
    "change_out": {
        "nl": ("{n} andere student krijgt dan geen plek.", "{n} andere studenten krijgen dan geen plek."),
        "en": ("Then {n} other student gets no place.", "Then {n} other students get no place."),
    },
    "change_none": {
        "nl": "Verder reizen of andere dagen helpen in deze ronde niet. Er is een extra plek nodig.",
        "en": "Travelling further or other days do not help in this round. A new place is needed.",
    },
}

FOR_STAFF: dict[str, dict[str, Text]] = {
    "name_distance": {"nl": "afstand", "en": "distance"},
    "name_goals": {"nl": "leerdoelen", "en": "learning goals"},
    "name_kind": {"nl": "soort bedrijf", "en": "kind of company"},
    "name_support": {"nl": "begeleiding", "en": "guidance"},
    "name_days": {"nl": "dagen", "en": "days"},
    "name_allowance": {"nl": "vergoeding", "en": "allowance"},
    "class_placed": {
        "nl": ("{n} van de {all} studenten heeft een plek.", "{n} van de {all} studenten hebben een plek."),
        "en": ("{n} of {all} students has a place.", "{n} of {all} students have a place."),
    },
    "class_mean": {"nl": "Gemiddeld hebben zij {n} van de 1000 punten.", "en": "On average they have {n} of the 1000 points."},
    "class_binding": {
        "nl": "De meeste punten gaan verloren bij {criterion}: gemiddeld {n} van de {max}.",
        "en": "Most points are lost on {criterion}: {n} of {max} on average.",
    },
    "class_low": {
        "nl": ("{n} student heeft minder dan 500 punten.", "{n} studenten hebben minder dan 500 punten."),
        "en": ("{n} student has fewer than 500 points.", "{n} students have fewer than 500 points."),
    },
    "class_none_near": {"nl": "Geen plek binnen de reisgrens: {n}.", "en": "No place within the travel limit: {n}."},
    "class_level": {"nl": "Geen plek voor het niveau: {n}.", "en": "No place for the level: {n}."},
    "class_pathway": {"nl": "Geen plek voor de leerweg: {n}.", "en": "No place for the pathway: {n}."},
    "class_period": {"nl": "Geen plek die lang genoeg open is: {n}.", "en": "No place that is open long enough: {n}."},
    "class_days": {"nl": "Geen plek met genoeg dagen: {n}.", "en": "No place with enough days: {n}."},
    "class_needs": {"nl": "Geen plek met de nodige aanpassingen: {n}.", "en": "No place with the adjustments needed: {n}."},
    "class_demands": {"nl": "Plekken vragen iets dat de student niet heeft: {n}.", "en": "Places ask for something the student does not have: {n}."},
    "class_taken": {
        "nl": "Alle plekken in de buurt waren al vol: {n}.",
        "en": "All places nearby were full already: {n}.",
    },
    "class_full": {"nl": "Alle passende plekken zijn vol: {n}.", "en": "All places that fit are full: {n}."},
    "place_slots": {
        "nl": ("Hier is ruimte voor {n} student; {taken} geplaatst.", "Hier is ruimte voor {n} studenten; {taken} geplaatst."),
        "en": ("Room for {n} student here; {taken} placed.", "Room for {n} students here; {taken} placed."),
    },
    "place_reach": {
        "nl": ("Voor {n} student past deze plek bij de regels.", "Voor {n} studenten past deze plek bij de regels."),
        "en": ("The rules allow this place for {n} student.", "The rules allow this place for {n} students."),
    },
    "place_more": {
        "nl": "Een extra plek hier geeft 1 student meer een stage (groep {tier}).",
        "en": "One more slot here gives 1 student more a place (group {tier}).",
    },
    "place_price": {
        "nl": ("Een extra plek hier geeft alle studenten samen {n} punt meer.", "Een extra plek hier geeft alle studenten samen {n} punten meer."),
        "en": ("One more slot here gives all students together {n} point more.", "One more slot here gives all students together {n} points more."),
    },
    "place_no_gain": {"nl": "Een extra plek hier verandert niets.", "en": "One more slot here changes nothing."},
}

TEXTS: dict[str, dict[str, Text]] = WHY_THIS | WHY_NOT | WHY_NOTHING | CHANGES | FOR_STAFF
