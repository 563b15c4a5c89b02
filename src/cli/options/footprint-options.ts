/** What turns joules into CO2, money and water. */
import { choice, decimal, degrees, flag, share, words } from '../value-kind.js'
import { energy } from './option-group.js'

/** Where the electricity comes from; the same words in every command that tells CO2. */
export const placeOptions = {
  country: energy(words('a country', 'FR'), 'name', 'where the electricity comes from, e.g. FR or France'),
  zone: energy(words('a zone of Electricity Maps', 'US-CAL-CISO'), 'zone', 'a part of a country, e.g. US-CAL-CISO'),
  lat: energy(degrees('48.85', 90), 'degrees', 'latitude of the machine, south negative; with --lon'),
  lon: energy(degrees('2.35', 180), 'degrees', 'longitude of the machine, west negative; with --lat'),
  address: energy(words('an address', 'Stanford, California'), 'text', 'a town with its region or country'),
  cloud: energy(
    words('a cloud region', 'aws:eu-west-3'),
    'region',
    'a region of aws, gcp or azure, e.g. aws:eu-west-3',
  ),
  pue: energy(
    decimal('a factor', '1.2', 1, 10),
    'factor',
    'power usage effectiveness of the data centre (default: 1)',
    {
      environmentAlias: 'OVERRIDE_PUE',
    },
  ),
} as const

/** Figures of the electricity and of what cools the machine. */
export const boughtOptions = {
  carbonIntensity: energy(
    words('g CO2e per kWh', '56'),
    'g/kWh',
    'use this figure instead of a table\'s, or by hour {"8:00-20:00": 90, ...}',
  ),
  wue: energy(decimal('L/kWh', '1.8', 0, 100), 'L/kWh', 'water usage effectiveness of the data centre'),
  price: energy(
    words('a price', '0.30 EUR'),
    'price',
    'of a kWh: 0.30, 0.30 EUR, or by hour {"8:30-19:00": 0.30, ...}',
  ),
  socialCost: energy(decimal('US dollars per tonne', '190', 0, 100_000), '$/t', 'what a tonne of CO2 costs society'),
} as const

/** The carbon of making the machine. */
export const embodiedOptions = {
  embodiedKg: energy(decimal('kg CO2e', '1200', 0, 1e9), 'kg', 'carbon of making the machine, for the SCI'),
  lifespanYears: energy(decimal('years', '4', 0, 100), 'years', 'how long it serves (default: 4)'),
  machineShare: energy(share('100%', 0, 1), 'share', 'share of the machine that the run takes (default: 100%)'),
} as const

/** The intensity of now. */
export const liveOptions = {
  live: energy(flag, undefined, 'ask a service for the carbon intensity of now (the only use of the network)'),
  liveSource: energy(
    choice(['electricity-maps', 'uk', 'watttime']),
    'name',
    'electricity-maps, uk or watttime (default: the first that can tell)',
  ),
  liveUrl: energy(words('a URL', 'https://gateway.example'), 'url', 'another server that speaks for the live source'),
  electricityMapsKey: energy(words('a key', 'abc'), undefined, undefined, { isSecret: true }),
  watttimeUser: energy(words('a name', 'me'), undefined, undefined, { isSecret: true }),
  watttimePassword: energy(words('a password', 'abc'), undefined, undefined, { isSecret: true }),
} as const

/** All that turns joules into CO2, money and water. */
export const FOOTPRINT_OPTIONS = { ...placeOptions, ...boughtOptions, ...embodiedOptions, ...liveOptions } as const
