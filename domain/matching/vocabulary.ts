/** Words that many businesses write, and how they shorten them. */

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/).filter((word) => word !== ''));
}

/** Say how a business is incorporated, or nothing at all: dropped anywhere in a name. */
export const LEGAL_WORDS = words(`
  inc incorporated incorporation llc llp lllp ltd ltda limited corp corporation co company plc pllc gmbh srl sarl
  pty ulc ltee enr the and of an la le les el los las de du des
`);

/** The same, but only at the end: `PC Repair` is another matter. */
export const LEGAL_ENDINGS = words('lp pc pa sa na ag bv nv');

/** Between a legal name and the name a business trades under. */
export const TRADING_AS =
  /\b(?:d ?[./]? ?b ?[./]? ?a\b\.?|doing business as|trading as|t\/a\b|o\/a\b|operating as|a\.?k\.?a\b\.?|aka\b)/;

/** Either spelling becomes the second. */
export const ABBREVIATIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    acad: 'academy',
    acct: 'accounting',
    adv: 'advertising',
    amer: 'american',
    apt: 'apartment',
    apts: 'apartment',
    assn: 'association',
    assoc: 'associates',
    assocs: 'associates',
    autobody: 'auto body',
    bbq: 'barbecue',
    bldg: 'building',
    bldr: 'builders',
    bldrs: 'builders',
    bro: 'brothers',
    bros: 'brothers',
    centre: 'center',
    chiro: 'chiropractic',
    cntr: 'center',
    comm: 'commercial',
    const: 'construction',
    constr: 'construction',
    ctr: 'center',
    dept: 'department',
    dist: 'distributors',
    distr: 'distributors',
    elec: 'electric',
    eng: 'engineering',
    engr: 'engineering',
    ent: 'enterprises',
    equip: 'equipment',
    excav: 'excavating',
    exp: 'express',
    fdn: 'foundation',
    fin: 'financial',
    gov: 'government',
    govt: 'government',
    grp: 'group',
    hlth: 'health',
    hosp: 'hospital',
    hse: 'house',
    htg: 'heating',
    hts: 'heights',
    ind: 'industries',
    inds: 'industries',
    inst: 'institute',
    ins: 'insurance',
    int: 'international',
    intl: 'international',
    inv: 'investments',
    jr: 'junior',
    lab: 'laboratory',
    labs: 'laboratory',
    lndry: 'laundry',
    mech: 'mechanical',
    med: 'medical',
    mfg: 'manufacturing',
    mgmt: 'management',
    mgt: 'management',
    mkt: 'market',
    mkting: 'marketing',
    mktg: 'marketing',
    mtg: 'mortgage',
    mtn: 'mountain',
    natl: 'national',
    pkg: 'packaging',
    plbg: 'plumbing',
    plmbg: 'plumbing',
    pmt: 'payment',
    prod: 'productions',
    prods: 'productions',
    prof: 'professional',
    prop: 'property',
    props: 'property',
    properties: 'property',
    refrig: 'refrigeration',
    rest: 'restaurant',
    rstrnt: 'restaurant',
    sch: 'school',
    serv: 'service',
    servs: 'service',
    services: 'service',
    srv: 'service',
    srvc: 'service',
    srvcs: 'service',
    srvs: 'service',
    svc: 'service',
    svcs: 'service',
    soc: 'society',
    sta: 'station',
    sys: 'systems',
    tech: 'technologies',
    theatre: 'theater',
    transp: 'transportation',
    univ: 'university',
    vet: 'veterinary',
    whse: 'warehouse',
    whsl: 'wholesale',
    whsle: 'wholesale',
  }),
);

/**
 * What a business is, not which. They count as common however few records there are to count them in, and are the last to be
 * looked for.
 */
export const GENERIC_WORDS = words(`
  academy accounting american apartment art arts associates association auto automotive bakery bar barber barbecue beauty body boutique
  brothers builders building business cafe canada canadian cab car care cars catering center child chinese church cleaners cleaning
  clinic club coffee collection commercial construction consultants consulting contracting contractor contractors day deli delivery
  delicatessen dental design designs development developments dining distributors dry electric electrical electronics engineering
  enterprise enterprises equipment express family fashion fitness florist food foods foundation furniture garage garden gas general
  gourmet grill grille grocery group hair hall health heating hair holdings home homes hospital hotel house import imports improvement
  industries inn institute insurance international investment investments italian japanese jewelry junior kitchen landscaping laundromat
  laundry liquor lounge maintenance management market marketing massage mechanical medical mexican mini mobile motel motor motors
  nail nails national new news office one painting park parking partners pet pharmacy pizza pizzeria place plumbing productions
  products professional property pub realty recycling rental rentals renovations repair restaurant restaurants room salon school
  security service shop shoppe solutions spa sports station storage store stores street studio studios super supermarket supplies
  supply sushi systems tavern tax taxi technologies therapy tire towing trading training transport transportation travel trucking
  truck used vending video wash wellness wholesale wine wireless world york
`);

/** One owner's second place under the same name: the truck beside the restaurant. */
export const OUTLET_WORDS = words(`
  annex bus cart carts catering commissary concession concessions kiosk mobile satellite temporary trailer truck trucks
  van vending wagon warehouse
`);

/** Anybody has an address there: the part behind the @ says nothing of a business. */
export const FREE_MAIL = words(`
  gmail.com googlemail.com yahoo.com ymail.com rocketmail.com yahoo.ca yahoo.co.uk hotmail.com hotmail.ca hotmail.co.uk outlook.com
  live.com live.ca msn.com aol.com aim.com icloud.com me.com mac.com comcast.net verizon.net att.net sbcglobal.net bellsouth.net
  cox.net charter.net earthlink.net optonline.net optimum.net frontier.com juno.com roadrunner.com rr.com shaw.ca telus.net rogers.com
  bell.net sympatico.ca mail.com email.com protonmail.com proton.me gmx.com gmx.net zoho.com inbox.com qq.com 163.com 126.com
  naver.com hanmail.net yandex.com mail.ru example.com
`);

/** Typed where a form wanted something; before or behind the @. */
export const NO_MAIL = words('none na noemail nomail noreply no-reply notavailable unknown null test xxx');
