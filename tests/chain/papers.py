"""The files that people upload in the chain, and who they are about."""

from dataclasses import dataclass

CREBO = 25780  # Begeleider maatschappelijke zorg, level 3: a current qualification with twelve goals
ROWS, WRONG = 30, 3
HEADINGS = "Studentnummer;Voornaam;Achternaam;E-mailadres;Postcode;Crebo;Leerweg;Klas;Geboortedatum;Naam ouder;E-mailadres ouder"
FIRST_NAMES = ("Noor", "Sem", "Lina", "Daan", "Yara", "Bram", "Amina", "Luuk", "Fenna", "Omar", "Sanne", "Ties", "Roos", "Milan", "Esra")
POSTCODES = ("6511AB", "6521KL", "6533CD", "6541PR", "6546GH", "6525EC", "6536TZ", "6512AA", "6538NN")


@dataclass(frozen=True)
class Pupil:
    """A student of the file."""

    number: str
    first_name: str
    last_name: str
    email: str
    postcode: str
    born: str = ""
    parent: str = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def marks(self) -> tuple[str, ...]:
        """By what a company could recognise this student."""
        return (self.last_name, self.number, self.email)

    def row(self) -> str:
        parent = ("Karin Ouderman", self.parent) if self.parent else ("", "")
        cells = (self.number, self.first_name, self.last_name, self.email, self.postcode, str(CREBO), "BOL", "BMZ1A", self.born, *parent)
        return ";".join(cells)


def pupil(n: int) -> Pupil:
    """Student n of the file; the third one is a minor with a parent."""
    minor = {"born": "02-03-2010", "parent": "ouder@example.org"} if n == 2 else {}
    last_name = f"van Merkenstein{chr(97 + n // 26)}{chr(97 + n % 26)}"
    number = f"7{n:02d}3190"
    return Pupil(number, FIRST_NAMES[n % len(FIRST_NAMES)], last_name, f"{number}@student.example.org", POSTCODES[n % len(POSTCODES)], **minor)


PUPILS = [pupil(n) for n in range(ROWS - WRONG)]
# Goes on foot and takes five minutes for it: no company lies so near.
OUT_OF_REACH = 3


def class_list() -> bytes:
    """Thirty rows: 27 good ones, a postcode that is none, an address that is none, and a programme that is not taught."""
    wrong = (
        "7903191;Piet;Fout;piet.fout@student.example.org;65 AB;25780;BOL;BMZ1A;;;",
        "7913192;Anna;Mis;anna.mis.example.org;6511AB;25780;BOL;BMZ1A;;;",
        "7923193;Kees;Elders;kees.elders@student.example.org;6511AB;25655;BOL;BMZ1A;;;",
    )
    rows = [student.row() for student in PUPILS]
    lines = [HEADINGS, *rows[:9], wrong[0], *rows[9:18], wrong[1], *rows[18:], wrong[2]]
    return "\r\n".join([*lines, ""]).encode("cp1252")


def places_list(period: str) -> bytes:
    """A company's file: two good rows and one for a qualification it is not recognised for."""
    lines = (
        "Titel;Taken;Crebo;Leerweg;Periode;Dagen;Aantal;Aanpassingen;Begeleiding;Stagevergoeding;Onkosten",
        f"Begeleiden in de dagopvang;Samen koken, wandelen en knutselen;{CREBO};BOL;{period};ma, di, wo, do, vr;16;;1;350;50",
        f"Avondploeg woongroep;Eten, gesprekken en rust in huis;{CREBO};BOL;{period};ma, di, wo, do;8;quiet, short_days;2;350;50",
        f"Receptie;Bezoekers ontvangen;25150;BOL;{period};ma, di;2;;1;0;0",
    )
    return "\r\n".join([*lines, ""]).encode()


def upload(name: str, content: bytes) -> dict[str, object]:
    """A file as the browser's file field takes it."""
    return {"name": name, "mimeType": "text/csv", "buffer": content}
