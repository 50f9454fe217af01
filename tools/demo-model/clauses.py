"""The clauses of the generated contracts: English wordings and one translation each into five languages.

A clause is a heading and wordings. Slots stand in braces; `values.py` says how each is written in each language.
Every wording of a clause has the same meaning, so that one translation is right for all of them.
`fact` names the answer that the clause holds; clauses without one are there to distract: they hold other names, dates,
periods and amounts, never an answer.
"""

from dataclasses import dataclass, field

LANGUAGES = {"fr": "French", "de": "German", "es": "Spanish", "it": "Italian", "pt": "Portuguese"}


@dataclass(frozen=True)
class Clause:
    name: str
    heading: dict
    wordings: tuple
    translation: dict
    fact: str | None = None
    kinds: tuple = field(default=())  # kinds of contract that use it; empty: all


def _clause(name, heading, wordings, fr, de, es, it, pt, fact=None, kinds=()):
    headings = dict(zip(("en", "fr", "de", "es", "it", "pt"), heading.split("|"), strict=True))
    return Clause(name, headings, tuple(wordings), {"fr": fr, "de": de, "es": es, "it": it, "pt": pt}, fact, tuple(kinds))


CLAUSES = [
    _clause(
        "effective-date", "Effective Date|Entrée en vigueur|Inkrafttreten|Entrada en vigor|Entrata in vigore|Entrada em vigor",
        ["This Agreement takes effect on {effective}.",
         "This Agreement enters into force on {effective}.",
         "The rights and duties under this Agreement begin on {effective}.",
         "The Effective Date of this Agreement is {effective}.",
         "This Agreement shall be effective as of {effective}."],
        "Le présent contrat prend effet le {effective}.",
        "Dieser Vertrag tritt am {effective} in Kraft.",
        "El presente contrato entra en vigor el {effective}.",
        "Il presente contratto entra in vigore il {effective}.",
        "O presente contrato entra em vigor em {effective}.",
        fact="effective_date"),
    _clause(
        "term", "Term|Durée|Laufzeit|Duración|Durata|Duração",
        ["This Agreement runs for {term}, unless it is ended earlier under its terms.",
         "The initial term of this Agreement is {term}, unless it is ended earlier under its terms.",
         "Unless it is ended earlier under its terms, this Agreement continues for {term}.",
         "This Agreement remains in force for a period of {term}, unless it is ended earlier under its terms."],
        "Le présent contrat est conclu pour une durée de {term}, sauf résiliation anticipée selon ses termes.",
        "Dieser Vertrag hat eine Laufzeit von {term}, sofern er nicht vorher nach seinen Bestimmungen endet.",
        "El presente contrato tiene una duración de {term}, salvo terminación anticipada conforme a sus términos.",
        "Il presente contratto ha una durata di {term}, salvo cessazione anticipata secondo i suoi termini.",
        "O presente contrato tem a duração de {term}, salvo cessação antecipada nos seus termos.",
        fact="term"),
    _clause(
        "notice", "Termination|Résiliation|Kündigung|Terminación|Recesso|Denúncia",
        ["Either party may end this Agreement by giving {notice} written notice to the other party.",
         "Each party may terminate this Agreement at any time on {notice} prior written notice.",
         "This Agreement may be terminated by either party with {notice} notice in writing.",
         "A party that wishes to end this Agreement must give the other party {notice} notice in writing."],
        "Chaque partie peut résilier le présent contrat par écrit moyennant un préavis de {notice}.",
        "Jede Partei kann diesen Vertrag mit einer Frist von {notice} schriftlich kündigen.",
        "Cada parte puede terminar el presente contrato por escrito con un preaviso de {notice}.",
        "Ciascuna parte può recedere dal presente contratto per iscritto con un preavviso di {notice}.",
        "Cada parte pode denunciar o presente contrato por escrito com um pré-aviso de {notice}.",
        fact="notice_period"),
    _clause(
        "law", "Governing Law|Droit applicable|Anwendbares Recht|Ley aplicable|Legge applicabile|Lei aplicável",
        ["This Agreement is governed by the laws of {law}.",
         "This Agreement shall be construed in accordance with the laws of {law}.",
         "The laws of {law} apply to this Agreement and to any dispute about it.",
         "Any question about the validity or meaning of this Agreement is decided under the laws of {law}."],
        "Le présent contrat est régi par {law}.",
        "Dieser Vertrag unterliegt {law}.",
        "El presente contrato se rige por {law}.",
        "Il presente contratto è regolato dalla {law}.",
        "O presente contrato rege-se pela {law}.",
        fact="governing_law"),
    _clause(
        "payment", "Fees and Payment|Prix et paiement|Vergütung und Zahlung|Precio y pago|Corrispettivo e pagamento|Preço e pagamento",
        ["{B} shall pay {A} {amount} {period}, within {due} of receipt of the invoice.",
         "The fee is {amount} {period}; {B} shall pay it to {A} within {due} of receipt of the invoice.",
         "In return, {A} receives {amount} {period} from {B}, payable within {due} of receipt of the invoice.",
         "{A} shall invoice {B} for {amount} {period}, payable within {due} of receipt of the invoice."],
        "{B} verse à {A} {amount} {period}, dans un délai de {due} à compter de la réception de la facture.",
        "{B} zahlt an {A} {amount} {period}, fällig innerhalb von {due} nach Erhalt der Rechnung.",
        "{B} pagará a {A} {amount} {period}, en un plazo de {due} desde la recepción de la factura.",
        "{B} paga a {A} {amount} {period}, entro {due} dal ricevimento della fattura.",
        "{B} paga a {A} {amount} {period}, no prazo de {due} a contar da receção da fatura.",
        fact="payment_amount"),
    _clause(
        "cap", "Limitation of Liability|Limitation de responsabilité|Haftungsbegrenzung|Limitación de responsabilidad"
        "|Limitazione di responsabilità|Limitação de responsabilidade",
        ["The total liability of each party under this Agreement shall not exceed {cap}.",
         "Neither party is liable under this Agreement for more than {cap} in total.",
         "Each party's liability under this Agreement is limited to {cap} in total.",
         "In no event does a party's total liability under this Agreement exceed {cap}."],
        "La responsabilité totale de chaque partie au titre du présent contrat est limitée à {cap}.",
        "Die Gesamthaftung jeder Partei aus diesem Vertrag ist auf {cap} begrenzt.",
        "La responsabilidad total de cada parte en virtud del presente contrato se limita a {cap}.",
        "La responsabilità complessiva di ciascuna parte ai sensi del presente contratto è limitata a {cap}.",
        "A responsabilidade total de cada parte nos termos do presente contrato está limitada a {cap}.",
        fact="liability_cap"),

    # What the contract is about, one for each kind.
    _clause(
        "services", "Services|Prestations|Leistungen|Servicios|Servizi|Serviços",
        ["{A} shall provide {subject} to {B} with reasonable skill and care.",
         "With reasonable skill and care, {A} shall supply {B} with {subject}."],
        "{A} fournit à {B} {subject} avec la compétence et le soin requis.",
        "{A} erbringt für {B} {subject} mit der gebotenen Sachkunde und Sorgfalt.",
        "{A} prestará a {B} {subject} con la debida pericia y diligencia.",
        "{A} fornisce a {B} {subject} con la dovuta perizia e diligenza.",
        "{A} presta a {B} {subject} com a devida perícia e diligência.",
        kinds=("services", "consulting", "maintenance")),
    _clause(
        "supply", "Supply|Fourniture|Lieferung|Suministro|Fornitura|Fornecimento",
        ["{A} shall deliver {subject} to {B} in the quantities that {B} orders in writing.",
         "{A} shall deliver to {B}, in the quantities that {B} orders in writing, {subject}."],
        "{A} livre à {B} {subject} dans les quantités que {B} commande par écrit.",
        "{A} liefert an {B} {subject} in den Mengen, die {B} schriftlich bestellt.",
        "{A} entregará a {B} {subject} en las cantidades que {B} pida por escrito.",
        "{A} consegna a {B} {subject} nelle quantità che {B} ordina per iscritto.",
        "{A} entrega a {B} {subject} nas quantidades que {B} encomendar por escrito.",
        kinds=("supply", "distribution")),
    _clause(
        "licence", "Licence|Licence|Lizenz|Licencia|Licenza|Licença",
        ["{A} grants {B} a non-exclusive right to use {subject} for its own business.",
         "{B} receives from {A} a non-exclusive right to use {subject} for its own business."],
        "{A} concède à {B} un droit non exclusif d'utiliser {subject} pour ses propres besoins.",
        "{A} räumt {B} ein nicht ausschließliches Recht ein, {subject} für eigene Zwecke zu nutzen.",
        "{A} concede a {B} un derecho no exclusivo de uso de {subject} para su propia actividad.",
        "{A} concede a {B} un diritto non esclusivo di utilizzare {subject} per la propria attività.",
        "{A} concede a {B} um direito não exclusivo de utilizar {subject} na sua própria atividade.",
        kinds=("licence",)),

    # Distractors: other dates, periods, amounts, names and laws.
    _clause(
        "confidentiality", "Confidentiality|Confidentialité|Vertraulichkeit|Confidencialidad|Riservatezza|Confidencialidade",
        ["Each party shall keep the other party's confidential information secret for {span1} after this Agreement ends.",
         "For {span1} after this Agreement ends, each party shall keep the other party's confidential information secret."],
        "Chaque partie garde secrètes les informations confidentielles de l'autre partie pendant {span1} après la fin du présent contrat.",
        "Jede Partei hält vertrauliche Informationen der anderen Partei für {span1} nach Vertragsende geheim.",
        "Cada parte mantendrá en secreto la información confidencial de la otra parte durante {span1} tras el fin del presente contrato.",
        "Ciascuna parte mantiene segrete le informazioni riservate dell'altra parte per {span1} dopo la fine del presente contratto.",
        "Cada parte mantém secretas as informações confidenciais da outra parte durante {span1} após o fim do presente contrato."),
    _clause(
        "insurance", "Insurance|Assurance|Versicherung|Seguro|Assicurazione|Seguro",
        ["{A} shall maintain liability insurance of at least {sum1} with {C}.",
         "{A} shall insure itself with {C} for at least {sum1}."],
        "{A} maintient auprès de {C} une assurance de responsabilité d'au moins {sum1}.",
        "{A} unterhält bei {C} eine Haftpflichtversicherung über mindestens {sum1}.",
        "{A} mantendrá con {C} un seguro de responsabilidad de al menos {sum1}.",
        "{A} mantiene presso {C} un'assicurazione di responsabilità di almeno {sum1}.",
        "{A} mantém junto de {C} um seguro de responsabilidade de pelo menos {sum1}."),
    _clause(
        "prior", "Earlier Agreements|Accords antérieurs|Frühere Vereinbarungen|Acuerdos anteriores|Accordi precedenti|Acordos anteriores",
        ["This Agreement replaces the letter of intent that the parties signed on {date1}.",
         "The letter of intent that the parties signed on {date1} is replaced by this Agreement."],
        "Le présent contrat remplace la lettre d'intention que les parties ont signée le {date1}.",
        "Dieser Vertrag ersetzt die Absichtserklärung, die die Parteien am {date1} unterzeichnet haben.",
        "El presente contrato sustituye la carta de intenciones que las partes firmaron el {date1}.",
        "Il presente contratto sostituisce la lettera d'intenti che le parti hanno firmato il {date1}.",
        "O presente contrato substitui a carta de intenções que as partes assinaram em {date1}."),
    _clause(
        "warranty", "Warranty|Garantie|Gewährleistung|Garantía|Garanzia|Garantia",
        ["{A} shall put right free of charge any defect that {B} reports within {span2} of delivery.",
         "Any defect that {B} reports within {span2} of delivery is put right by {A} free of charge."],
        "{A} corrige gratuitement tout défaut que {B} signale dans un délai de {span2} après la livraison.",
        "{A} behebt kostenlos jeden Mangel, den {B} innerhalb von {span2} nach der Lieferung meldet.",
        "{A} corregirá gratuitamente todo defecto que {B} comunique en un plazo de {span2} desde la entrega.",
        "{A} corregge gratuitamente ogni difetto che {B} segnala entro {span2} dalla consegna.",
        "{A} corrige gratuitamente qualquer defeito que {B} comunique no prazo de {span2} após a entrega."),
    _clause(
        "audit", "Records and Audit|Registres et audit|Aufzeichnungen und Prüfung|Registros y auditoría|Registri e verifiche"
        "|Registos e auditoria",
        ["{B} may have the records of {A} examined by {D} once a year on {days1} notice.",
         "Once a year and on {days1} notice, {B} may have the records of {A} examined by {D}."],
        "{B} peut faire examiner les registres de {A} par {D} une fois par an moyennant un préavis de {days1}.",
        "{B} kann die Aufzeichnungen von {A} einmal im Jahr mit einer Frist von {days1} durch {D} prüfen lassen.",
        "{B} podrá hacer examinar los registros de {A} por {D} una vez al año con un preaviso de {days1}.",
        "{B} può far esaminare i registri di {A} da {D} una volta all'anno con un preavviso di {days1}.",
        "{B} pode mandar examinar os registos de {A} por {D} uma vez por ano com um pré-aviso de {days1}."),
    _clause(
        "late", "Late Payment|Retard de paiement|Zahlungsverzug|Mora|Ritardo nei pagamenti|Mora",
        ["If a payment is late, {A} may charge a fixed sum of {sum2} and suspend its work after {days2}.",
         "Where a payment is late, {A} may suspend its work after {days2} and charge a fixed sum of {sum2}."],
        "En cas de retard de paiement, {A} peut facturer un montant forfaitaire de {sum2} et suspendre ses travaux après {days2}.",
        "Bei Zahlungsverzug kann {A} einen Pauschalbetrag von {sum2} berechnen und die Arbeiten nach {days2} einstellen.",
        "En caso de retraso en el pago, {A} podrá cobrar una cantidad fija de {sum2} y suspender sus trabajos tras {days2}.",
        "In caso di ritardo nel pagamento, {A} può addebitare una somma fissa di {sum2} e sospendere i lavori dopo {days2}.",
        "Em caso de atraso no pagamento, {A} pode cobrar uma quantia fixa de {sum2} e suspender os trabalhos após {days2}."),
    _clause(
        "data", "Data Protection|Protection des données|Datenschutz|Protección de datos|Protezione dei dati|Proteção de dados",
        ["{A} shall report any loss of personal data to {B} within {hours1}.",
         "Any loss of personal data shall be reported by {A} to {B} within {hours1}."],
        "{A} signale à {B} toute perte de données personnelles dans un délai de {hours1}.",
        "{A} meldet {B} jeden Verlust personenbezogener Daten innerhalb von {hours1}.",
        "{A} comunicará a {B} toda pérdida de datos personales en un plazo de {hours1}.",
        "{A} segnala a {B} ogni perdita di dati personali entro {hours1}.",
        "{A} comunica a {B} qualquer perda de dados pessoais no prazo de {hours1}."),
    _clause(
        "force", "Force Majeure|Force majeure|Höhere Gewalt|Fuerza mayor|Forza maggiore|Força maior",
        ["A party is not liable for delays caused by events beyond its control that last less than {span3}.",
         "No party is liable for delays that last less than {span3} and are caused by events beyond its control."],
        "Aucune partie ne répond des retards de moins de {span3} dus à des événements échappant à son contrôle.",
        "Keine Partei haftet für Verzögerungen von weniger als {span3} durch Ereignisse außerhalb ihrer Kontrolle.",
        "Ninguna parte responde de los retrasos de menos de {span3} debidos a hechos ajenos a su control.",
        "Nessuna parte risponde dei ritardi inferiori a {span3} dovuti a eventi fuori dal suo controllo.",
        "Nenhuma parte responde por atrasos inferiores a {span3} devidos a factos alheios ao seu controlo."),
    _clause(
        "assignment", "Assignment|Cession|Abtretung|Cesión|Cessione|Cessão",
        ["Neither party may assign this Agreement without the written consent of the other party.",
         "This Agreement may not be assigned by a party without the written consent of the other party."],
        "Aucune partie ne peut céder le présent contrat sans l'accord écrit de l'autre partie.",
        "Keine Partei darf diesen Vertrag ohne schriftliche Zustimmung der anderen Partei abtreten.",
        "Ninguna parte podrá ceder el presente contrato sin el consentimiento escrito de la otra parte.",
        "Nessuna parte può cedere il presente contratto senza il consenso scritto dell'altra parte.",
        "Nenhuma parte pode ceder o presente contrato sem o consentimento escrito da outra parte."),
    _clause(
        "entire", "Entire Agreement|Intégralité|Gesamte Vereinbarung|Acuerdo completo|Intero accordo|Acordo integral",
        ["This Agreement contains everything that the parties have agreed; changes need the signature of both parties.",
         "Changes to this Agreement, which contains everything that the parties have agreed, need the signature of both parties."],
        "Le présent contrat contient tout ce dont les parties sont convenues; toute modification requiert la signature des deux parties.",
        "Dieser Vertrag enthält alles, was die Parteien vereinbart haben; Änderungen bedürfen der Unterschrift beider Parteien.",
        "El presente contrato contiene todo lo acordado por las partes; las modificaciones requieren la firma de ambas partes.",
        "Il presente contratto contiene tutto ciò che le parti hanno concordato; le modifiche richiedono la firma di entrambe le parti.",
        "O presente contrato contém tudo o que as partes acordaram; as alterações exigem a assinatura de ambas as partes."),
    _clause(
        "severability", "Severability|Divisibilité|Salvatorische Klausel|Divisibilidad|Clausola salvatoria|Divisibilidade",
        ["If a provision of this Agreement is invalid, the other provisions remain in force.",
         "The other provisions of this Agreement remain in force if one of them is invalid."],
        "Si une disposition du présent contrat est nulle, les autres dispositions restent en vigueur.",
        "Ist eine Bestimmung dieses Vertrags unwirksam, bleiben die übrigen Bestimmungen in Kraft.",
        "Si una disposición del presente contrato es nula, las demás disposiciones siguen en vigor.",
        "Se una disposizione del presente contratto è nulla, le altre disposizioni restano in vigore.",
        "Se uma disposição do presente contrato for nula, as restantes disposições mantêm-se em vigor."),
    _clause(
        "deposit", "Deposit|Dépôt|Sicherheit|Depósito|Deposito|Caução",
        ["{B} shall place a deposit of {sum3} with {C} before {date2}.",
         "Before {date2}, {B} shall place a deposit of {sum3} with {C}."],
        "{B} verse un dépôt de {sum3} auprès de {C} avant le {date2}.",
        "{B} hinterlegt vor dem {date2} eine Sicherheit von {sum3} bei {C}.",
        "{B} constituirá un depósito de {sum3} en {C} antes del {date2}.",
        "{B} versa un deposito di {sum3} presso {C} prima del {date2}.",
        "{B} presta uma caução de {sum3} junto de {C} antes de {date2}."),
    _clause(
        "notices", "Notices|Notifications|Mitteilungen|Notificaciones|Comunicazioni|Notificações",
        ["Notices to {A} go to {person1} and notices to {B} go to {person2}.",
         "Notices to {B} go to {person2} and notices to {A} go to {person1}."],
        "Les notifications à {A} sont adressées à {person1} et celles à {B} à {person2}.",
        "Mitteilungen an {A} gehen an {person1}, Mitteilungen an {B} an {person2}.",
        "Las notificaciones a {A} se dirigen a {person1} y las notificaciones a {B} a {person2}.",
        "Le comunicazioni a {A} vanno a {person1} e quelle a {B} a {person2}.",
        "As notificações a {A} são dirigidas a {person1} e as notificações a {B} a {person2}."),
    _clause(
        "subcontract", "Subcontractors|Sous-traitants|Unterauftragnehmer|Subcontratistas|Subappaltatori|Subcontratados",
        ["{A} may use {D} as a subcontractor and answers for its work as for its own.",
         "{A} answers for the work of its subcontractor {D} as for its own."],
        "{A} peut recourir à {D} comme sous-traitant et répond de son travail comme du sien.",
        "{A} darf {D} als Unterauftragnehmer einsetzen und haftet für dessen Arbeit wie für die eigene.",
        "{A} podrá recurrir a {D} como subcontratista y responde de su trabajo como del propio.",
        "{A} può avvalersi di {D} come subappaltatore e risponde del suo lavoro come del proprio.",
        "{A} pode recorrer a {D} como subcontratado e responde pelo seu trabalho como pelo próprio."),
    _clause(
        "review", "Review Meetings|Réunions de suivi|Besprechungen|Reuniones de seguimiento|Riunioni di verifica|Reuniões de acompanhamento",
        ["The parties meet every {gap1} to review the work; the first meeting is on {date3}.",
         "The first meeting to review the work is on {date3}; after that the parties meet every {gap1}."],
        "Les parties se réunissent tous les {gap1} pour examiner les travaux; la première réunion a lieu le {date3}.",
        "Die Parteien treffen sich alle {gap1}, um die Arbeiten zu besprechen; das erste Treffen findet am {date3} statt.",
        "Las partes se reúnen cada {gap1} para revisar los trabajos; la primera reunión se celebra el {date3}.",
        "Le parti si riuniscono ogni {gap1} per esaminare i lavori; la prima riunione si tiene il {date3}.",
        "As partes reúnem-se a cada {gap1} para analisar os trabalhos; a primeira reunião realiza-se em {date3}."),
    _clause(
        "property", "Intellectual Property|Propriété intellectuelle|Geistiges Eigentum|Propiedad intelectual"
        "|Proprietà intellettuale|Propriedade intelectual",
        ["What {A} creates for {B} belongs to {B} once it is paid for.",
         "Once it is paid for, what {A} creates for {B} belongs to {B}."],
        "Ce que {A} crée pour {B} appartient à {B} dès son paiement.",
        "Was {A} für {B} schafft, gehört {B}, sobald es bezahlt ist.",
        "Lo que {A} cree para {B} pertenece a {B} una vez pagado.",
        "Ciò che {A} crea per {B} appartiene a {B} una volta pagato.",
        "O que {A} criar para {B} pertence a {B} depois de pago."),
    _clause(
        "solicitation", "Non-Solicitation|Non-sollicitation|Abwerbeverbot|No captación|Divieto di storno|Não aliciamento",
        ["Neither party shall hire staff of the other party until {span5} after this Agreement ends.",
         "Until {span5} after this Agreement ends, neither party shall hire staff of the other party."],
        "Aucune partie n'embauche le personnel de l'autre partie avant {span5} après la fin du présent contrat.",
        "Bis {span5} nach Vertragsende stellt keine Partei Personal der anderen Partei ein.",
        "Ninguna parte contratará personal de la otra parte hasta {span5} después del fin del presente contrato.",
        "Nessuna parte assume personale dell'altra parte fino a {span5} dopo la fine del presente contratto.",
        "Nenhuma parte contrata pessoal da outra parte até {span5} após o fim do presente contrato."),
    _clause(
        "expenses", "Expenses|Frais|Auslagen|Gastos|Spese|Despesas",
        ["{B} reimburses travel costs of {A} up to {sum4} a year.",
         "Travel costs of {A} are reimbursed by {B} up to {sum4} a year."],
        "{B} rembourse les frais de déplacement de {A} jusqu'à {sum4} par an.",
        "{B} erstattet Reisekosten von {A} bis zu {sum4} im Jahr.",
        "{B} reembolsa los gastos de viaje de {A} hasta {sum4} al año.",
        "{B} rimborsa le spese di viaggio di {A} fino a {sum4} all'anno.",
        "{B} reembolsa as despesas de deslocação de {A} até {sum4} por ano."),
    _clause(
        "disputes", "Disputes|Litiges|Streitigkeiten|Controversias|Controversie|Litígios",
        ["The parties shall first try to settle a dispute within {days3} before the mediator {person3} in {city1}.",
         "Before the mediator {person3} in {city1}, the parties shall first try to settle a dispute within {days3}."],
        "Les parties tentent d'abord de régler un litige dans un délai de {days3} devant le médiateur {person3} à {city1}.",
        "Die Parteien versuchen zunächst, eine Streitigkeit innerhalb von {days3} vor dem Mediator {person3} in {city1} beizulegen.",
        "Las partes intentarán primero resolver una controversia en un plazo de {days3} ante el mediador {person3} en {city1}.",
        "Le parti tentano dapprima di risolvere una controversia entro {days3} davanti al mediatore {person3} a {city1}.",
        "As partes tentam primeiro resolver um litígio no prazo de {days3} perante o mediador {person3} em {city1}."),
]

BY_NAME = {clause.name: clause for clause in CLAUSES}
