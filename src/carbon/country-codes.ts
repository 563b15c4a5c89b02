/** Countries by name and by the codes of ISO 3166-1, alpha-2 and alpha-3; XK is in common use for Kosovo. */

import { closestNames } from '../core/closest-names.js'
import { UsageError } from '../core/errors.js'

/** A country or territory. */
export interface Country {
  /** `FR` */
  readonly alpha2: string
  /** `FRA` */
  readonly alpha3: string
  /** English name. */
  readonly name: string
}

/** Alpha-2 and alpha-3 of each, run together. */
const CODES = `
  ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE BABIH BBBRB
  BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR
  BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR
  CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK
  FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS
  GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN
  ISISL ITITA JEJEY JMJAM JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO
  LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD
  MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER
  NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM
  PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA SASAU SBSLB SCSYC SDSDN SESWE SGSGP
  SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF
  TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY
  UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR VNVNM VUVUT WFWLF WSWSM XKXKX YEYEM YTMYT ZAZAF ZMZMB ZWZWE
`

/** Names in daily use that the standard English name is not, without spaces and accents. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  uk: 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  britain: 'GB',
  greatbritain: 'GB',
  america: 'US',
  unitedstatesofamerica: 'US',
  holland: 'NL',
  thenetherlands: 'NL',
  czechrepublic: 'CZ',
  korea: 'KR',
  republicofkorea: 'KR',
  russianfederation: 'RU',
  turkey: 'TR',
  ivorycoast: 'CI',
  burma: 'MM',
  myanmar: 'MM',
  vietnam: 'VN',
  hongkong: 'HK',
  macau: 'MO',
  macao: 'MO',
  macedonia: 'MK',
  swaziland: 'SZ',
  capeverde: 'CV',
  easttimor: 'TL',
  palestine: 'PS',
  congo: 'CG',
  drcongo: 'CD',
  democraticrepublicofthecongo: 'CD',
  republicofthecongo: 'CG',
  bosnia: 'BA',
  uae: 'AE',
  emirates: 'AE',
  peoplesrepublicofchina: 'CN',
  laopdr: 'LA',
  bruneidarussalam: 'BN',
  syrianarabrepublic: 'SY',
  caboverde: 'CV',
  stateofpalestine: 'PS',
  vaticancity: 'VA',
}

const byWord = new Map<string, Country>()

/** @returns all countries, by alpha-2 code */
export function countries(): readonly Country[] {
  return [...new Set(words().values())]
}

/** @param text - name, alpha-2 or alpha-3 code; case, accents and punctuation do not matter */
export function findCountry(text: string): Country | undefined {
  return words().get(plainWord(text))
}

/**
 * @param text - name, alpha-2 or alpha-3 code
 * @throws {UsageError} `E_COUNTRY` with near names
 */
export function countryNamed(text: string): Country {
  const country = findCountry(text)
  if (country !== undefined) return country
  const near = closestNames(
    text,
    countries().flatMap(({ name, alpha2, alpha3 }) => [name, alpha2, alpha3]),
  )
  throw new UsageError('E_COUNTRY', `there is no country "${text.slice(0, 60)}"`, {
    hint:
      near.length > 0 ? `did you mean ${near.join(' or ')}?` : 'give an English name or a code, e.g. France, FR or FRA',
  })
}

/** Letters that no accent makes of others. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
}

/** @returns the text in small letters, without accents, spaces and punctuation, `and`, `the` and `of` kept */
export function plainWord(text: string): string {
  return text
    .normalize('NFD')
    .toLowerCase()
    .replace(/[ßæœøłđðþı]/g, (letter) => PLAIN_LETTERS[letter] ?? '')
    .replace(/&/g, 'and')
    .replace(/\bst\.? /g, 'saint ')
    .replace(/[^a-z0-9]/g, '')
}

/** Built at the first question: the names come from the run time's own tables. */
function words(): ReadonlyMap<string, Country> {
  if (byWord.size > 0) return byWord
  const names = new Intl.DisplayNames('en', { type: 'region' })
  const byAlpha2 = new Map<string, Country>()
  for (const code of CODES.trim().split(/\s+/)) {
    const [alpha2, alpha3] = [code.slice(0, 2), code.slice(2)]
    byAlpha2.set(alpha2, { alpha2, alpha3, name: names.of(alpha2) ?? alpha2 })
  }
  for (const country of byAlpha2.values()) byWord.set(plainWord(country.name), country)
  for (const [word, alpha2] of Object.entries(OTHER_NAMES)) {
    const country = byAlpha2.get(alpha2)
    if (country !== undefined) byWord.set(word, country)
  }
  // Codes last: where a word is both, the code is meant.
  for (const country of byAlpha2.values()) {
    byWord.set(country.alpha3.toLowerCase(), country)
    byWord.set(country.alpha2.toLowerCase(), country)
  }
  return byWord
}
