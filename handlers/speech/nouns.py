"""The words for those who speak: offices, people, bodies, outlets and documents, and words that are part of names."""

ARTICLES = frozenset("a an the".split())
DETERMINERS = ARTICLES | frozenset(
    "all another both five four her his its many most my no one other our seven several six some that their these "
    "this those three two".split()
)
OFFICES = frozenset(
    "adviser advisers advisor advisors agent aide aides ambassador ambassadors attorney boss businessman "
    "businesswoman campaigners captain ceo cfo chair chairman chairperson chairwoman chancellor chief chiefs "
    "coach commander commissioner commissioners congressman congresswoman constable consul coordinator coroner "
    "councillor councilman councilwoman counsel delegate deputy detective diplomat diplomats director directors "
    "envoy envoys executive executives general governor head headmaster headteacher inspector inspectors "
    "investigator investigators judge judges justice lawmaker lawmakers leader leaders legislator lieutenant "
    "magistrate manager managers marshal master mayor mediators minister ministers mp mps negotiators observers "
    "officer officers official officials ombudsman operator organiser organizer president principal prosecutor "
    "prosecutors ranger referee regulator regulators representative representatives secretary senator senators "
    "sergeant servant sheriff speaker spokesman spokesmen spokespeople spokesperson spokeswoman spokeswomen "
    "superintendent supervisor surveyor treasurer umpire undersecretary vicar warden winchman".split()
)
"""Who speaks by office."""

PEOPLE = frozenset(
    "accountant activist activists actor actress administrator analyst analysts architect archivist artist "
    "assistant astronomer astronomers athlete author authors baker banker barrister beekeeper biologist "
    "biologists botanist brother builder buyer bystander captain carpenter challenger champion chemist clerk "
    "climber co-author co-founder cofounder colleague colleagues columnist comedian commentator commuter "
    "commuters conductor consultant consultants cook cooks cousin creditors critic critics curator customer "
    "customers daughter dealer dealers defendant defendants defender dentist designer developer developers diver "
    "doctor doctors donor driver drivers ecologist economist economists editor editors electrician employee "
    "employees engineer engineers entrepreneur epidemiologist expert experts eyewitness eyewitnesses family fan "
    "fans farmer farmers father firefighter firefighters fisherman forecaster forecasters founder friend friends "
    "gardener geologist geophysicist glaciologist goalkeeper golfer grandmother grandson guest guide historian "
    "historians homeowner husband hydrologist insiders investor investors journalist journalists keeper landlord "
    "lawyer lawyers librarian linguist man manufacturer marine mathematician mechanic men meteorologist "
    "meteorologists midfielder miner miners mother mountaineer musician neighbor neighbors neighbour neighbours "
    "neuroscientist novelist nurse nurses organist others owner owners painter parent parents participant partner "
    "passenger passengers pastor patient patients pensioner people person pharmacist philosopher photographer "
    "physicist physiotherapist pilot pilots player players playwright plumber poet porter postman priest producer "
    "professor professors programmer protester protesters psychologist publisher pupil relatives reporter "
    "reporters researcher researchers resident residents restorer retiree reviewer rider runner sailor sailors "
    "salesman scholar scholars scientist scientists seismologist seller shareholder shareholders shopkeeper "
    "singer sister skier skipper sociologist solicitor son source sources specialist specialists statistician "
    "steward striker student students supporter supporters surgeon survivor survivors swimmer taxpayer teacher "
    "teachers technician teenager tenant tourist tourists trader traders trainee translator traveler traveller "
    "travellers trustee tutor veteran victim victims villager villagers virologist visitor visitors volcanologist "
    "volunteer volunteers voter voters waiter waitress walker welder widow wife witness witnesses woman women "
    "worker workers writer zoologist".split()
)
"""Who speaks for himself."""

COMPANIES = frozenset(
    "airline bank brewer broker builder business carmaker carrier chain charity company conglomerate contractor "
    "developer firm group insurer lender maker manufacturer miner operator producer retailer start-up startup "
    "studio supplier utility".split()
)
BODIES = COMPANIES | frozenset(
    "administration agency alliance aquarium army assembly association authorities authority bloc board brewery "
    "brigade bureau cabinet campaign center centre chamber church city clinic club coalition college commission "
    "committee congress consortium council county court delegation department diocese embassy estate exchange "
    "federation festival foundation gallery government hospital hotel industry inspectorate institute institution "
    "jury kingdom league legislature library military mine ministry mission monastery municipality museum navy "
    "network office opposition orchestra organisation organization parliament parties partnership party police "
    "port post regime resort school secretariat senate service society syndicate team theater theatre tribunal "
    "trust union university watchdog zoo".split()
)
"""Bodies that speak; the companies among them."""

OUTLETS = frozenset(
    "agency broadcaster channel daily gazette magazine media network newsletter newspaper newswire outlet paper "
    "periodical portal publication radio service site station tabloid website weekly wire".split()
)
"""What an outlet is called where it is not named."""

DOCUMENTS = frozenset(
    "account accounts affidavit agreement analysis announcement article assessment audit biography blog book "
    "briefing brochure bulletin catalogue chart circular code communique communiqué complaint contract "
    "court-papers data diary document documents draft e-mail e-mails email emails entry estimate estimates "
    "evidence figures file files filing filings findings forecast forecasts guide guidelines history indictment "
    "information inventory judgement judgment label law lawsuit leaflet ledger letter letters list log logs "
    "manual map memo memorandum memorial memos message messages minutes note notes notice numbers order ordinance "
    "paper papers petition plan plans policy poll polls post preprint programme projections prospectus protocol "
    "receipt record records regulations release reply report reports results review rule rules ruling schedule "
    "statement statements statistics studies study survey surveys testimony text transcript transcripts treaty "
    "trial tweet verdict warrant will".split()
)
"""What is relied on in writing."""

TITLES = frozenset(
    "Administrator Admiral Ambassador Attorney Capt. Captain CEO CFO Chairman Chairperson Chairwoman Chancellor "
    "Chief Cllr. Coach Col. Colonel Commander Commissioner Congressman Congresswoman Constable COO Councillor "
    "Councilman Councilwoman Deputy Det. Detective Director Doctor Dr Dr. Envoy Executive Foreign Gen. General "
    "Gov. Governor Insp. Inspector Judge Justice Leader Lieutenant Lt. Magistrate Major Manager Marshal Mayor "
    "Minister MP Officer Premier President Prime Principal Prof Prof. Professor Prosecutor Rep. Representative "
    "Rev. Secretary Sen. Senator Sergeant Sgt. Sheriff Speaker Spokesman Spokeswoman Superintendent Supt. "
    "Treasurer Vicar".split()
)
"""Words with a capital before a name that say what somebody is."""

COURTESY = frozenset("Frau Herr Madame Miss Monsieur Mr Mr. Mrs Mrs. Ms Ms.".split())
"""What stands before a name and tells nothing."""

STYLES = frozenset(
    "Archbishop Baron Baroness Bishop Brother Count Countess Dame Father Imam King Lady Lord Pope Prince Princess "
    "Queen Rabbi Sheikh Sir Sister".split()
)
"""What belongs to a name."""

PARTICLES = frozenset(
    "af al av ben bin da de del della den der des di do dos du el ibn la le ten ter van von zu".split()
)

NAMED_BODIES = frozenset(
    "Academy Accountants Administration Agency Air Airlines Airways Alliance Analytics Aquarium Army Assembly "
    "Association Authorities Authority Bank Board Bourse Brigade Brothers Bureau Cabinet Capital Center Centre "
    "Chamber Church City Club Coalition College Commission Committee Company Confederation Congress Consortium "
    "Constabulary Corp Corporation Council Court Customs Department Department's Diocese Directorate Economics "
    "Embassy Energy Equities Exchange Federation Force Forces Forum Foundation Friends Front Fund Gallery "
    "Government Group Guard Guild Holdings Hospital House Inc Industries Initiative Inspectorate Institute "
    "Institution Laboratory Labs League Library Ltd Ministry Mission Motors Movement Museum Navy Network "
    "Observatory Office Orchestra Organisation Organization Parliament Partners Party Patrol Pentagon "
    "Pharmaceuticals Police Port Railway Railways Registry Regulator Relief Rescue Research Robotics School "
    "Secretariat Securities Senate Service Services Society Squad Station Survey Syndicate Systems Team "
    "Technologies Theatre Treasury Tribunal Trust Union University Workers Works World Zoo".split()
)
"""Words that make a name one of a body."""

NAMED_OUTLETS = frozenset(
    "Anzeiger Beacon Broadcasting Bulletin Channel Chronicle Courier Daily Dispatch Echo Enquirer Examiner Express "
    "Gazette Globe Guardian Herald Independent Inquirer Journal Kurier Ledger Magazine Mail Mercury Messenger "
    "Mirror Nachrichten News Newspaper Newswire Observer Post Press Presse Radio Record Reporter Review Rundschau "
    "Sentinel Standard Star Sun Telegraaf Telegraph Television Times Today Tribune TV Weekly Wire Zeitung".split()
)
"""Words that make a name one of an outlet."""
