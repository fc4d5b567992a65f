/** The words invented businesses are made of. Coined parts keep a million names from sharing a few hundred words. */

type Words = readonly [string, ...string[]];

const words = (list: string): Words => {
  const [first = '', ...rest] = list.split(' ');
  return [first, ...rest];
};

export const ONSETS = words(
  'Va Mo Ta Ke Li Bra Cor Del El Fra Ga Ha Jo Ka La Ma Na Or Pe Qui Ro Sa Te Ul Ve Wa Xi Ya Zo Bel Cla Dro Fin Gre Hol Ing Jar Kel',
);
export const MIDDLES = words(
  'len ran ri do ta ve lin mar san go bri ca del fe gan har ja ko lor mi no pel que ros si ton va wen yo zan bel cor du el',
);
export const ENDS = words('cia na ski son ez ley ton ro man der ini er o a sh well ford by den more ko ta le mont');

export const TRADES: Words = [
  'Nails',
  'Nail Spa',
  'Nail Bar',
  'Hair Salon',
  'Barber Shop',
  'Day Spa',
  'Massage',
  'Beauty Lounge',
  'Lash Studio',
  'Brow Bar',
  'Tanning',
  'Tattoo',
  'Bakery',
  'Deli',
  'Grill',
  'Pizzeria',
  'Cafe',
  'Diner',
  'Tea House',
  'Noodle House',
  'Taqueria',
  'Catering',
  'Market',
  'Liquor',
  'Florist',
  'Cleaners',
  'Laundry',
  'Tailor',
  'Shoe Repair',
  'Jewelers',
  'Optical',
  'Dental',
  'Chiropractic',
  'Pharmacy',
  'Pet Grooming',
  'Veterinary',
  'Auto Repair',
  'Tire Shop',
  'Body Shop',
  'Car Wash',
  'Towing',
  'Plumbing',
  'Roofing',
  'Electric',
  'Painting',
  'Landscaping',
  'Flooring',
  'Locksmith',
  'Storage',
  'Moving',
  'Printing',
  'Signs',
  'Travel',
  'Insurance',
  'Tax Service',
  'Realty',
  'Daycare',
  'Dance Studio',
  'Karate',
  'Yoga',
  'Fitness',
  'Bike Shop',
  'Hardware',
  'Furniture',
];
export const ADJECTIVES = words(
  'Golden Royal Modern Classic Happy Lucky Sunny Elegant Pretty Diamond Crystal Silver Velvet Urban Coastal Village Grand Little Blue Red',
);
export const LEGAL_FORMS: Words = [' LLC', ' Inc', ' Corp', ' Co', ', LLC', ' Inc.'];
export const CHAINS: Words = [
  'Sunrise Nails',
  'Quick Trim',
  'Bella Day Spa',
  'Regency Cleaners',
  'Happy Paws',
  'Metro Tire',
  'Corner Bakery Cafe',
  'Lucky Wok',
  'Pro Lube',
  'City Optical',
  'Polished Nail Bar',
  'Main Street Deli',
];

export const STREET_ROOTS = words(
  'Oak Maple Cedar Pine Elm Washington Lincoln Jackson Madison Franklin Park Lake Hill River Spring Church Mill Center Union Market ' +
    'Valley Meadow Forest Sunset Highland Chestnut Walnut Spruce Dogwood Magnolia Cherry Willow Birch Laurel Cypress Orchard Prairie ' +
    'Harbor Mission Mesa Canyon Foothill Ridge Summit Grove Garden College Court Liberty Jefferson Monroe Adams Grant Sherman Wilson',
);
export const STREET_TYPES: Words = ['St', 'Ave', 'Blvd', 'Rd', 'Dr', 'Ln', 'Way', 'Pkwy', 'Hwy', 'Ct'];
export const CITY_ROOTS = words(
  'Ash Bald Cam Dun Fair Glen Hart King Lex Mil New Oak Port Rich Spring Wood Brook Clear Green Hamp Lan Mar Nor Pem Ross Sum West Win ' +
    'Bel Car Day Eve Free Gran Hil Jef Kirk Lin Mon Stan',
);
export const CITY_ENDS = words(
  'ville ton field burg wood dale port ford mont ham haven side view brook land worth bury shire wick stead ridge crest gate lake moor',
);

export const FREE_MAIL: Words = ['gmail.com', 'yahoo.com', 'hotmail.com', 'outlook.com', 'aol.com', 'icloud.com'];
export const MAILBOXES: Words = ['info', 'office', 'owner', 'contact', 'hello'];
export const NOTES: Words = [
  'Renewed by phone',
  'Moved to a new location',
  'Trial extended',
  'Wants the staff performance report',
  'Prefers invoices by mail',
  'Second register added',
  'Call before expiry',
];
