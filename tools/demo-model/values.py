"""The values that fill a contract's slots, and how each is written in English and in five other languages."""

from dataclasses import dataclass

TONGUES = ("en", "fr", "de", "es", "it", "pt")

MONTHS = dict(zip(TONGUES, (line.split() for line in (
    "January February March April May June July August September October November December",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro")), strict=True))

# singular, plural; German spans follow a preposition with the dative, or stand in the accusative: see `dative`.
UNITS = {
    "hour": ("hour hours", "heure heures", "Stunde Stunden", "hora horas", "ora ore", "hora horas"),
    "day": ("day days", "jour jours", "Tag Tage", "día días", "giorno giorni", "dia dias"),
    "week": ("week weeks", "semaine semaines", "Woche Wochen", "semana semanas", "settimana settimane", "semana semanas"),
    "month": ("month months", "mois mois", "Monat Monate", "mes meses", "mese mesi", "mês meses"),
    "year": ("year years", "an ans", "Jahr Jahre", "año años", "anno anni", "ano anos"),
}

# The law of a country: the English name after "the laws of", then the whole phrase in each language.
LAWS = {
    "England and Wales": ("le droit anglais", "dem Recht von England und Wales", "la legislación inglesa", "legge inglese", "lei inglesa"),
    "Scotland": ("le droit écossais", "schottischem Recht", "la legislación escocesa", "legge scozzese", "lei escocesa"),
    "Ireland": ("le droit irlandais", "irischem Recht", "la legislación irlandesa", "legge irlandese", "lei irlandesa"),
    "France": ("le droit français", "französischem Recht", "la legislación francesa", "legge francese", "lei francesa"),
    "Germany": ("le droit allemand", "deutschem Recht", "la legislación alemana", "legge tedesca", "lei alemã"),
    "Spain": ("le droit espagnol", "spanischem Recht", "la legislación española", "legge spagnola", "lei espanhola"),
    "Italy": ("le droit italien", "italienischem Recht", "la legislación italiana", "legge italiana", "lei italiana"),
    "Portugal": ("le droit portugais", "portugiesischem Recht", "la legislación portuguesa", "legge portoghese", "lei portuguesa"),
    "Belgium": ("le droit belge", "belgischem Recht", "la legislación belga", "legge belga", "lei belga"),
    "Austria": ("le droit autrichien", "österreichischem Recht", "la legislación austriaca", "legge austriaca", "lei austríaca"),
    "Switzerland": ("le droit suisse", "schweizerischem Recht", "la legislación suiza", "legge svizzera", "lei suíça"),
    "Denmark": ("le droit danois", "dänischem Recht", "la legislación danesa", "legge danese", "lei dinamarquesa"),
    "Sweden": ("le droit suédois", "schwedischem Recht", "la legislación sueca", "legge svedese", "lei sueca"),
    "Norway": ("le droit norvégien", "norwegischem Recht", "la legislación noruega", "legge norvegese", "lei norueguesa"),
    "Finland": ("le droit finlandais", "finnischem Recht", "la legislación finlandesa", "legge finlandese", "lei finlandesa"),
    "Poland": ("le droit polonais", "polnischem Recht", "la legislación polaca", "legge polacca", "lei polaca"),
    "the Netherlands": ("le droit néerlandais", "niederländischem Recht", "la legislación neerlandesa", "legge olandese", "lei neerlandesa"),
    "the State of New York": ("le droit de l'État de New York", "dem Recht des Staates New York", "la legislación del Estado de Nueva York",
                              "legge dello Stato di New York", "lei do Estado de Nova Iorque"),
}

PERIODS = {
    "per month": ("par mois", "pro Monat", "al mes", "al mese", "por mês"),
    "per quarter": ("par trimestre", "pro Quartal", "por trimestre", "a trimestre", "por trimestre"),
    "per year": ("par an", "pro Jahr", "al año", "all'anno", "por ano"),
    "for each delivery": ("pour chaque livraison", "für jede Lieferung", "por cada entrega", "per ogni consegna", "por cada entrega"),
    "in total": ("au total", "insgesamt", "en total", "in totale", "no total"),
}

# What a contract is about, by its kind: English, then as an object (German accusative).
SUBJECTS = {
    "services": {
        "payroll services": ("des services de paie", "Lohnabrechnungen", "servicios de nóminas", "servizi di buste paga", "serviços de processamento salarial"),
        "cleaning services": ("des services de nettoyage", "Reinigungsarbeiten", "servicios de limpieza", "servizi di pulizia", "serviços de limpeza"),
        "translation services": ("des services de traduction", "Übersetzungen", "servicios de traducción", "servizi di traduzione", "serviços de tradução"),
        "catering services": ("des services de restauration", "Verpflegungsdienste", "servicios de restauración", "servizi di ristorazione", "serviços de restauração"),
    },
    "consulting": {
        "advice on energy costs": ("des conseils sur les coûts d'énergie", "Beratung zu Energiekosten", "asesoramiento sobre costes de energía",
                                   "consulenza sui costi energetici", "aconselhamento sobre custos de energia"),
        "advice on data security": ("des conseils sur la sécurité des données", "Beratung zur Datensicherheit", "asesoramiento sobre seguridad de datos",
                                    "consulenza sulla sicurezza dei dati", "aconselhamento sobre segurança de dados"),
        "advice on warehouse planning": ("des conseils sur la planification d'entrepôts", "Beratung zur Lagerplanung",
                                         "asesoramiento sobre planificación de almacenes", "consulenza sulla pianificazione dei magazzini",
                                         "aconselhamento sobre planeamento de armazéns"),
    },
    "maintenance": {
        "lift maintenance": ("l'entretien des ascenseurs", "die Wartung der Aufzüge", "el mantenimiento de ascensores", "la manutenzione degli ascensori",
                             "a manutenção de elevadores"),
        "pump maintenance": ("l'entretien des pompes", "die Wartung der Pumpen", "el mantenimiento de bombas", "la manutenzione delle pompe",
                             "a manutenção de bombas"),
        "network maintenance": ("l'entretien du réseau", "die Wartung des Netzes", "el mantenimiento de la red", "la manutenzione della rete",
                                "a manutenção da rede"),
    },
    "supply": {
        "steel fittings": ("des raccords en acier", "Stahlfittings", "accesorios de acero", "raccordi in acciaio", "acessórios de aço"),
        "glass bottles": ("des bouteilles en verre", "Glasflaschen", "botellas de vidrio", "bottiglie di vetro", "garrafas de vidro"),
        "paper packaging": ("des emballages en papier", "Papierverpackungen", "envases de papel", "imballaggi di carta", "embalagens de papel"),
        "spare parts": ("des pièces de rechange", "Ersatzteile", "piezas de recambio", "pezzi di ricambio", "peças de substituição"),
    },
    "distribution": {
        "garden tools": ("des outils de jardin", "Gartengeräte", "herramientas de jardín", "attrezzi da giardino", "ferramentas de jardim"),
        "coffee machines": ("des machines à café", "Kaffeemaschinen", "máquinas de café", "macchine da caffè", "máquinas de café"),
        "bicycle parts": ("des pièces de vélo", "Fahrradteile", "piezas de bicicleta", "parti di bicicletta", "peças de bicicleta"),
    },
    "licence": {
        "the stock control software": ("le logiciel de gestion des stocks", "die Lagersoftware", "el programa de control de existencias",
                                       "il programma di gestione delle scorte", "o programa de gestão de existências"),
        "the route planning software": ("le logiciel de planification d'itinéraires", "die Software zur Routenplanung",
                                        "el programa de planificación de rutas", "il programma di pianificazione dei percorsi",
                                        "o programa de planeamento de rotas"),
        "the image archive": ("les archives d'images", "das Bildarchiv", "el archivo de imágenes", "l'archivio di immagini", "o arquivo de imagens"),
    },
}

# Title of each kind of contract.
TITLES = {
    "services": ("Services Agreement", "Contrat de prestation de services", "Dienstleistungsvertrag", "Contrato de servicios", "Contratto di servizi",
                 "Contrato de prestação de serviços"),
    "consulting": ("Consulting Agreement", "Contrat de conseil", "Beratungsvertrag", "Contrato de consultoría", "Contratto di consulenza",
                   "Contrato de consultoria"),
    "maintenance": ("Maintenance Agreement", "Contrat d'entretien", "Wartungsvertrag", "Contrato de mantenimiento", "Contratto di manutenzione",
                    "Contrato de manutenção"),
    "supply": ("Supply Agreement", "Contrat de fourniture", "Liefervertrag", "Contrato de suministro", "Contratto di fornitura", "Contrato de fornecimento"),
    "distribution": ("Distribution Agreement", "Contrat de distribution", "Vertriebsvertrag", "Contrato de distribución", "Contratto di distribuzione",
                     "Contrato de distribuição"),
    "licence": ("Licence Agreement", "Contrat de licence", "Lizenzvertrag", "Contrato de licencia", "Contratto di licenza", "Contrato de licença"),
}

# The preamble, one wording of English each, and the closing line.
PREAMBLES = (
    "This {title} is made between {longA} (\"{A}\"), {seatA}, and {longB} (\"{B}\"), {seatB}.",
    "{longA} (\"{A}\"), {seatA}, and {longB} (\"{B}\"), {seatB}, enter into this {title}.",
    "This {title} is concluded by {longA} (\"{A}\"), {seatA}, on the one side and {longB} (\"{B}\"), {seatB}, on the other.",
    "The parties to this {title} are {longA} (\"{A}\"), {seatA}, and {longB} (\"{B}\"), {seatB}.",
)
PREAMBLE = dict(zip(TONGUES[1:], (
    "Le présent {title} est conclu entre {longA} (« {A} »), {seatA}, et {longB} (« {B} »), {seatB}.",
    "Dieser {title} wird geschlossen zwischen {longA} („{A}“), {seatA}, und {longB} („{B}“), {seatB}.",
    "El presente {title} se celebra entre {longA} («{A}»), {seatA}, y {longB} («{B}»), {seatB}.",
    "Il presente {title} è concluso tra {longA} («{A}»), {seatA}, e {longB} («{B}»), {seatB}.",
    "O presente {title} é celebrado entre {longA} («{A}»), {seatA}, e {longB} («{B}»), {seatB}."), strict=True))
SEAT = dict(zip(TONGUES, ("of {city}", "à {city}", "{city}", "de {city}", "di {city}", "de {city}"), strict=True))
CLOSINGS = ("Signed by {person1} for {A} and by {person2} for {B}.", "For {A}: {person1}. For {B}: {person2}.")
CLOSING = dict(zip(TONGUES[1:], (
    "Signé par {person1} pour {A} et par {person2} pour {B}.",
    "Unterzeichnet von {person1} für {A} und von {person2} für {B}.",
    "Firmado por {person1} por {A} y por {person2} por {B}.",
    "Firmato da {person1} per {A} e da {person2} per {B}.",
    "Assinado por {person1} por {A} e por {person2} por {B}."), strict=True))

LEGAL_FORMS = ("Ltd", "GmbH", "SA", "BV", "Inc", "SpA", "AG", "LLP", "SL", "Lda", "AB", "plc")
CURRENCIES = ("EUR", "GBP", "USD", "CHF")


@dataclass(frozen=True)
class Day:
    year: int
    month: int
    day: int

    def text(self, tongue):
        month = MONTHS[tongue][self.month - 1]
        if tongue == "en":
            return f"{self.day} {month} {self.year}"
        if tongue == "fr":
            return f"{'1er' if self.day == 1 else self.day} {month} {self.year}"
        if tongue == "de":
            return f"{self.day}. {month} {self.year}"
        if tongue == "it":
            return f"{'1º' if self.day == 1 else self.day} {month} {self.year}"
        return f"{self.day} de {month} de {self.year}"

    def iso(self):
        return f"{self.year:04}-{self.month:02}-{self.day:02}"


@dataclass(frozen=True)
class Span:
    count: int
    unit: str

    def text(self, tongue, dative=False):
        singular, plural = UNITS[self.unit][TONGUES.index(tongue)].split()
        word = singular if self.count == 1 else plural
        if tongue == "de" and dative and self.count != 1 and not word.endswith("n"):
            word += "n"
        return f"{self.count} {word}"


@dataclass(frozen=True)
class Sum:
    currency: str
    amount: int

    def text(self, tongue):
        return f"{self.currency} {self.amount:,}"


@dataclass(frozen=True)
class Word:
    """A value from a table: English, then the five languages."""
    english: str
    others: tuple

    def text(self, tongue):
        return self.english if tongue == "en" else self.others[TONGUES.index(tongue) - 1]
