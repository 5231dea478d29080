"""Names of invented people and companies; any likeness is chance."""

# ruff: noqa: SIM905  one name a line would be three hundred lines

from companies.models import CompanyKind as K

FIRST_NAMES = (
    "Aisha Amira Anouk Arda Bas Bilal Bram Britt Cas Chantal Daan Damian Deniz Dewi Diego Elif Emma Esra Eva Fatima Femke Finn "
    "Floor Gijs Hanna Hugo Ibrahim Ilse Imane Iris Isa Jade Jasper Jayden Jelle Jesse Joris Julia Kaan Kim Kyra Lars Layla Lieke "
    "Lina Lisa Lotte Luca Luuk Maja Marit Max Mees Merel Milan Mila Mohamed Naomi Nasir Nina Noor Nour Oumaima Pepijn Quinty Rayan "
    "Rik Robin Roos Ruben Sam Samira Sanne Sem Senna Shanice Siem Sofie Stijn Sude Sven Tess Thijs Tijn Tim Tirza Vera Wessel Yara "
    "Yasin Youssef Yusuf Zoë Zakaria"
).split(" ")
LAST_NAMES = (
    "Aalbers,Abdi,Achterberg,Aydin,van den Akker,Arends,Bakker,Bastiaans,Bekkers,el Bakkali,van den Berg,Boer,de Boer,Bosch,Bouali,"
    "Brouwer,Burgers,Celik,Coenen,Cornelissen,Dekkers,Demir,Derks,van Dijk,van Doorn,Driessen,Elbers,van Es,Evers,Farah,Geurts,"
    "Gerrits,de Groot,Haddou,Hassan,Hendriks,Hermsen,van den Heuvel,Hoekstra,Hofman,Hussein,Jacobs,Jansen,Janssen,de Jong,Kaya,"
    "Kersten,Klaassen,Koopman,Kramer,Kuijpers,Kurt,van Leeuwen,Leenders,Linssen,Lukassen,Maas,Martens,Meijer,Mulder,Nguyen,"
    "Nillesen,Noij,Ouali,Özdemir,Peeters,Peters,Pham,Poelen,Polat,Ramdin,Reijnen,Roelofs,Sanders,Schoenmakers,Schouten,Smit,Smits,"
    "Stevens,Tak,Teunissen,Thijssen,Tromp,Verbeek,Verhoeven,Vermeulen,Visser,de Vries,de Wit,Willems,Wijers,Yilmaz,Zegers,Zwart"
).split(",")
STREETS = (
    "Dorpsstraat,Kerkstraat,Molenweg,Stationsweg,Industrieweg,Marktstraat,Hoofdstraat,Waalstraat,Schoolstraat,Nieuweweg,Parallelweg,Kanaalstraat"
).split(",")
# {name} is a surname, {town} a town; company_name() fills them in.
COMPANY_NAMES: dict[str, tuple[str, ...]] = {
    K.CARE: ("Zorggroep {town}", "Woonzorgcentrum De {name}hof", "Thuiszorg {name}", "Zorgboerderij {name}", "Huisartsenpraktijk {name}"),
    K.CHILDCARE: ("Kinderopvang De {name}tjes", "Kindcentrum {town}", "Basisschool De {name}", "BSO {name}"),
    K.SHOP: ("Supermarkt {name}", "{name} Mode", "Bouwmarkt {town}", "Groothandel {name}", "Drogisterij {name}"),
    K.HOSPITALITY: ("Bakkerij {name}", "Restaurant De {name}", "Hotel {town}", "Eetcafé {name}", "Lunchroom {name}"),
    K.OFFICE: ("Administratiekantoor {name}", "{name} Advies", "Makelaardij {name}", "Notariaat {town}"),
    K.ICT: ("{name} Software", "{name} ICT", "Studio {name}", "Webbureau {town}", "{name} Media"),
    K.WORKSHOP: ("Garage {name}", "Autobedrijf {name}", "Tweewielers {name}"),
    K.BUILDING: ("Bouwbedrijf {name}", "Installatiebedrijf {name}", "Timmerbedrijf {name}", "Elektro {name}"),
    K.FACTORY: ("Machinefabriek {name}", "Laboratorium {town}", "{name} Voedingsmiddelen"),
    K.LOGISTICS: ("Transport {name}", "Distributiecentrum {town}", "{name} Logistiek"),
    K.GREEN: ("Hoveniersbedrijf {name}", "Dierenkliniek {name}", "Kwekerij {name}", "Kinderboerderij {town}"),
    K.GOVERNMENT: ("Gemeentewerf {town}", "{name} Beveiliging", "Sportbedrijf {town}"),
    K.CULTURE: ("Theater {town}", "Drukkerij {name}", "Museum De {name}"),
    K.PERSONAL: ("Kapsalon {name}", "Salon {name}", "Schoonheidsstudio {name}"),
}
PLACE_TITLES: dict[str, tuple[str, ...]] = {
    K.CARE: ("Bewoners helpen en begeleiden", "Meewerken op de afdeling", "Zorg in de wijk"),
    K.CHILDCARE: ("Meedraaien op de groep", "Kinderen begeleiden na school", "Helpen in de klas"),
    K.SHOP: ("Klanten helpen en vullen", "Meewerken in de winkel", "Bestellingen klaarzetten"),
    K.HOSPITALITY: ("Meekoken in de keuken", "Brood en banket maken", "Werken in de keuken van het restaurant"),
    K.OFFICE: ("Administratie bijhouden", "Meewerken op kantoor", "Dossiers verwerken"),
    K.ICT: ("Meebouwen aan webapplicaties", "Gebruikers helpen en systemen beheren", "Ontwerpen voor web en druk"),
    K.WORKSHOP: ("Onderhoud en reparatie", "Meesleutelen in de werkplaats"),
    K.BUILDING: ("Meewerken op de bouw", "Installaties aanleggen", "Timmeren in de werkplaats"),
    K.FACTORY: ("Meten en onderzoeken in het lab", "Meewerken in de productie"),
    K.LOGISTICS: ("Ontvangen, opslaan en verzenden", "Orders verzamelen in het magazijn"),
    K.GREEN: ("Tuinen aanleggen en onderhouden", "Dieren verzorgen", "Werken in de kwekerij"),
    K.GOVERNMENT: ("Toezicht houden en gastheer zijn", "Meelopen met de beveiliging"),
    K.CULTURE: ("Voorbereiden van voorstellingen", "Drukwerk maken"),
    K.PERSONAL: ("Wassen, knippen en klanten ontvangen", "Behandelingen voorbereiden"),
}


def company_name(pattern: str, surname: str, town: str) -> str:
    """One of COMPANY_NAMES filled in: `de Boer` becomes `De Boer`, but `De Boertjes` and not `De De Boertjes`."""
    if "De {name}" in pattern:
        surname = surname.split()[-1]
    return pattern.format(name=surname[0].upper() + surname[1:], town=town)
