/**
 * Regions of countries whose grid has several zones: GeoNames' first-order code, name, zone of Electricity Maps.
 *
 * Zones follow balancing areas and bidding zones, regions follow politics: where a region lies in several zones, the one
 * that serves the most people is named, and the row says so.
 *
 * @see https://github.com/electricitymaps/electricitymaps-contrib/wiki/Zones the zones
 * @see https://download.geonames.org/export/dump/admin1CodesASCII.txt the codes
 * @see https://www.eia.gov/electricity/gridmonitor/about balancing areas of the United States
 */
import { plainWord } from '../country-codes.js'

/** A first-order region and the zone of its grid. */
export interface Region {
  /** Alpha-2 code. */
  readonly country: string
  /** As GeoNames has it. */
  readonly code: string
  readonly name: string
  readonly zone: string
  /** False where other zones serve a part of it. */
  readonly isWhole: boolean
}

/** A line per zone: `zone: code name, code name, ...`; `~` before a code marks a region that lies in other zones too. */
const TABLE = `
  AU-NSW: 02 New South Wales, 01 Australian Capital Territory
  AU-VIC: 07 Victoria
  AU-QLD: 04 Queensland
  AU-SA: 05 South Australia
  AU-TAS: 06 Tasmania
  AU-WA: 08 Western Australia
  AU-NT: 03 Northern Territory
  BR-N: 16 Para, 03 Amapa, 25 Roraima, 04 Amazonas, 31 Tocantins, 13 Maranhao
  BR-NE: 20 Piaui, 06 Ceara, 22 Rio Grande do Norte, 17 Paraiba, 30 Pernambuco, 02 Alagoas, 28 Sergipe, 05 Bahia
  BR-S: 18 Parana, 26 Santa Catarina, 23 Rio Grande do Sul
  BR-CS: 27 Sao Paulo, 21 Rio de Janeiro, 15 Minas Gerais, 08 Espirito Santo, 07 Distrito Federal, 29 Goias,
    14 Mato Grosso, 11 Mato Grosso do Sul, 24 Rondonia, 01 Acre
  CA-AB: 01 Alberta
  CA-BC: 02 British Columbia
  CA-MB: 03 Manitoba
  CA-NB: 04 New Brunswick
  CA-NL: 05 Newfoundland and Labrador
  CA-NS: 07 Nova Scotia
  CA-ON: 08 Ontario
  CA-PE: 09 Prince Edward Island
  CA-QC: 10 Quebec
  CA-SK: 11 Saskatchewan
  CA-YT: 12 Yukon
  CA-NT: 13 Northwest Territories
  CA-NU: 14 Nunavut
  DK-DK1: 18 Central Jutland, 19 North Denmark, 21 South Denmark
  DK-DK2: 17 Capital Region, 20 Zealand
  ES-IB-MA: ~07 Balearic Islands
  ES-CN-TE: ~53 Canary Islands
  ES-CE: CE Ceuta
  ES-ML: ML Melilla
  FR-COR: 94 Corsica
  GB-NIR: NIR Northern Ireland
  IN-NO: 05 Chandigarh, 07 Delhi, 10 Haryana, 11 Himachal Pradesh, 12 Jammu and Kashmir, 41 Ladakh, 23 Punjab,
    24 Rajasthan, 36 Uttar Pradesh, 39 Uttarakhand
  IN-WE: 09 Gujarat, 35 Madhya Pradesh, 37 Chhattisgarh, 16 Maharashtra, 33 Goa, 32 Daman and Diu,
    06 Dadra and Nagar Haveli
  IN-SO: 02 Andhra Pradesh, 40 Telangana, 19 Karnataka, 13 Kerala, 25 Tamil Nadu, 22 Puducherry
  IN-EA: 34 Bihar, 38 Jharkhand, 21 Odisha, 28 West Bengal, 29 Sikkim
  IN-NE: 03 Assam, 30 Arunachal Pradesh, 17 Manipur, 18 Meghalaya, 31 Mizoram, 20 Nagaland, 26 Tripura
  IT-NO: 12 Piedmont, 19 Aosta Valley, 09 Lombardy, 17 Trentino-Alto Adige, 20 Veneto, 06 Friuli Venezia Giulia,
    08 Liguria, 05 Emilia-Romagna
  IT-CNO: 16 Tuscany, 10 Marche
  IT-CSO: 07 Lazio, 01 Abruzzo, 04 Campania, 18 Umbria
  IT-SO: 11 Molise, 13 Apulia, 02 Basilicata, 03 Calabria
  IT-SIC: 15 Sicily
  IT-SAR: 14 Sardinia
  JP-HKD: 12 Hokkaido
  JP-TH: 03 Aomori, 16 Iwate, 24 Miyagi, 02 Akita, 44 Yamagata, 08 Fukushima, 29 Niigata
  JP-TK: 14 Ibaraki, 38 Tochigi, 10 Gunma, 34 Saitama, 04 Chiba, 40 Tokyo, 19 Kanagawa, 46 Yamanashi
  JP-CB: 01 Aichi, 09 Gifu, 23 Mie, 26 Nagano, ~37 Shizuoka
  JP-HR: 42 Toyama, 15 Ishikawa, 06 Fukui
  JP-KN: 35 Shiga, 22 Kyoto, 32 Osaka, 13 Hyogo, 28 Nara, 43 Wakayama
  JP-CG: 41 Tottori, 36 Shimane, 31 Okayama, 11 Hiroshima, 45 Yamaguchi
  JP-SK: 39 Tokushima, 17 Kagawa, 05 Ehime, 20 Kochi
  JP-KY: 07 Fukuoka, 33 Saga, 27 Nagasaki, 21 Kumamoto, 30 Oita, 25 Miyazaki, 18 Kagoshima
  JP-ON: 47 Okinawa
  MY-EM: 11 Sarawak, 16 Sabah, 15 Labuan
  MY-WM: 12 Selangor, 13 Terengganu, 14 Kuala Lumpur, 17 Putrajaya, 02 Kedah, 06 Pahang, 01 Johor, 07 Perak,
    03 Kelantan, 05 Negeri Sembilan, 04 Malacca, 09 Penang, 08 Perlis
  NO-NO1: 12 Oslo, 34 Innlandet, 30 Viken
  NO-NO2: 14 Rogaland, 42 Agder, ~38 Vestfold og Telemark
  NO-NO3: 21 Trondelag, 08 More og Romsdal
  NO-NO4: 09 Nordland, 54 Troms og Finnmark
  NO-NO5: 46 Vestland
  PT-MA: 10 Madeira
  SE-SE1: 14 Norrbotten
  SE-SE2: 23 Vasterbotten, 24 Vasternorrland, 07 Jamtland
  SE-SE3: ~03 Gavleborg, 10 Dalarna, 26 Stockholm, 21 Uppsala, 18 Sodermanland, 16 Ostergotland, 15 Orebro, 22 Varmland,
    25 Vastmanland, 28 Vastra Gotaland, 05 Gotland, ~08 Jonkoping
  SE-SE4: 27 Skane, 02 Blekinge, ~12 Kronoberg, ~09 Kalmar, ~06 Halland
  US-AK: AK Alaska
  US-HI: HI Hawaii
  US-CAL-CISO: ~CA California
  US-TEX-ERCO: ~TX Texas
  US-NY-NYIS: NY New York
  US-NE-ISNE: CT Connecticut, MA Massachusetts, ME Maine, NH New Hampshire, RI Rhode Island, VT Vermont
  US-MIDA-PJM: ~PA Pennsylvania, NJ New Jersey, DE Delaware, MD Maryland, DC District of Columbia, VA Virginia,
    WV West Virginia, OH Ohio, ~IL Illinois
  US-MIDW-MISO: MN Minnesota, IA Iowa, WI Wisconsin, ~MI Michigan, ~IN Indiana, ~AR Arkansas, LA Louisiana,
    ~MS Mississippi, ~MO Missouri
  US-MIDW-LGEE: ~KY Kentucky
  US-CENT-SWPP: KS Kansas, OK Oklahoma, NE Nebraska, ~ND North Dakota, ~SD South Dakota
  US-TEN-TVA: TN Tennessee
  US-SE-SOCO: GA Georgia, ~AL Alabama
  US-CAR-DUK: ~NC North Carolina
  US-CAR-SCEG: ~SC South Carolina
  US-FLA-FPL: ~FL Florida
  US-NW-BPAT: ~WA Washington, ~OR Oregon
  US-NW-IPCO: ~ID Idaho
  US-NW-NWMT: ~MT Montana
  US-NW-PACE: ~UT Utah, ~WY Wyoming
  US-NW-PSCO: ~CO Colorado
  US-NW-NEVP: NV Nevada
  US-SW-AZPS: ~AZ Arizona
  US-SW-PNM: ~NM New Mexico
`

let regions: readonly Region[] | undefined

/** All regions of the table. */
export function allRegions(): readonly Region[] {
  regions ??= TABLE.split(/\n(?= {2}\S)/).flatMap(regionsOfZone)
  return regions
}

/** @param code - of GeoNames */
export const findRegion = (country: string, code: string): Region | undefined =>
  allRegions().find((region) => region.country === country && region.code === code)

/** @param name - in any writing of case and accents, or the code where it is made of letters (`CA`, `NSW` is none) */
export const regionsNamed = (name: string): readonly Region[] => {
  const wanted = plainWord(name)
  return allRegions().filter(
    ({ name: known, code }) =>
      plainWord(known) === wanted || (/^[A-Z]{2,3}$/.test(code) && code.toLowerCase() === wanted),
  )
}

function regionsOfZone(line: string): Region[] {
  const [, zone = '', list = ''] = /^\s*([\w-]+): ([\s\S]*)$/.exec(line) ?? []
  if (zone === '') return []
  return list.split(',').flatMap((item) => {
    const [, mark, code = '', name = ''] = /^\s*(~?)(\w+) (.+?)\s*$/.exec(item) ?? []
    return code === '' ? [] : [{ country: zone.slice(0, 2), code, name, zone, isWhole: mark !== '~' }]
  })
}
