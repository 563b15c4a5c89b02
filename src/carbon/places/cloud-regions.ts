/**
 * Regions of AWS, Google Cloud and Azure with the grid zone that they stand in, by the place each provider publishes.
 *
 * @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 * @see https://cloud.google.com/compute/docs/regions-zones
 * @see https://learn.microsoft.com/azure/reliability/regions-list
 */
import { closestNames } from '../../core/closest-names.js'
import { UsageError } from '../../core/errors.js'

/** A region of a provider. */
export interface CloudRegion {
  readonly provider: CloudProvider
  readonly region: string
  /** Of Electricity Maps. */
  readonly zone: string
  /** Power usage effectiveness of the provider's data centres, a mean over all of them. */
  readonly pue: number
}

export type CloudProvider = 'aws' | 'gcp' | 'azure'

/** @see https://www.cloudcarbonfootprint.org/docs/methodology the section on power usage effectiveness */
const PUE: Readonly<Record<CloudProvider, number>> = { aws: 1.135, gcp: 1.1, azure: 1.185 }
/** Where the figures of `pue` come from. */
export const CLOUD_PUE_SOURCE = 'Cloud Carbon Footprint, mean of the provider'

/** A line per zone: `zone: provider region region ...; provider region ...`. */
const TABLE = `
  AE: aws me-central-1; azure uaenorth uaecentral
  AT: azure austriaeast
  AU-NSW: aws ap-southeast-2; gcp australia-southeast1; azure australiaeast australiacentral australiacentral2
  AU-VIC: aws ap-southeast-4; gcp australia-southeast2; azure australiasoutheast
  BE: gcp europe-west1; azure belgiumcentral
  BH: aws me-south-1
  BR-CS: aws sa-east-1; gcp southamerica-east1; azure brazilsouth brazilsoutheast
  CA-AB: aws ca-west-1
  CA-ON: gcp northamerica-northeast2; azure canadacentral
  CA-QC: aws ca-central-1; gcp northamerica-northeast1; azure canadaeast
  CH: aws eu-central-2; gcp europe-west6; azure switzerlandnorth switzerlandwest
  CL-SEN: gcp southamerica-west1; azure chilecentral
  CN: aws cn-north-1 cn-northwest-1; azure chinaeast chinaeast2 chinaeast3 chinanorth chinanorth2 chinanorth3
  DE: aws eu-central-1 eusc-de-east-1; gcp europe-west3 europe-west10; azure germanywestcentral germanynorth
  DK-DK2: azure denmarkeast
  ES: aws eu-south-2; gcp europe-southwest1; azure spaincentral
  FI: gcp europe-north1
  FR: aws eu-west-3; gcp europe-west9; azure francecentral francesouth
  GB: aws eu-west-2; gcp europe-west2; azure uksouth ukwest
  HK: aws ap-east-1; gcp asia-east2; azure eastasia
  ID: aws ap-southeast-3; gcp asia-southeast2; azure indonesiacentral
  IE: aws eu-west-1; azure northeurope
  IL: aws il-central-1; gcp me-west1; azure israelcentral
  IN-NO: gcp asia-south2
  IN-SO: aws ap-south-2; azure southindia
  IN-WE: aws ap-south-1; gcp asia-south1; azure centralindia westindia jioindiawest jioindiacentral
  IT-NO: aws eu-south-1; gcp europe-west8 europe-west12; azure italynorth
  JP-KN: aws ap-northeast-3; gcp asia-northeast2; azure japanwest
  JP-TK: aws ap-northeast-1; gcp asia-northeast1; azure japaneast
  KR: aws ap-northeast-2; gcp asia-northeast3; azure koreacentral koreasouth
  MX: aws mx-central-1; gcp northamerica-south1; azure mexicocentral
  MY-WM: aws ap-southeast-5; azure malaysiawest
  NL: gcp europe-west4; azure westeurope
  NO-NO1: azure norwayeast
  NO-NO2: azure norwaywest
  NZ: aws ap-southeast-6; azure newzealandnorth
  PL: gcp europe-central2; azure polandcentral
  QA: gcp me-central1; azure qatarcentral
  SA: gcp me-central2
  SE-SE3: aws eu-north-1; gcp europe-north2; azure swedencentral
  SE-SE4: azure swedensouth
  SG: aws ap-southeast-1; gcp asia-southeast1; azure southeastasia
  TH: aws ap-southeast-7; gcp asia-southeast3
  TW: aws ap-east-2; gcp asia-east1
  US-CAL-CISO: aws us-west-1; gcp us-west2; azure westus
  US-CAR-SC: gcp us-east1
  US-MIDA-PJM: aws us-east-1 us-east-2 us-gov-east-1; gcp us-east4 us-east5;
    azure eastus eastus2 northcentralus usgovvirginia usdodeast
  US-MIDW-MISO: gcp us-central1; azure centralus usdodcentral
  US-NW-BPAT: gcp us-west1
  US-NW-GCPD: azure westus2
  US-NW-NEVP: gcp us-west4
  US-NW-PACE: gcp us-west3
  US-NW-PACW: aws us-west-2 us-gov-west-1
  US-NW-WACM: azure westcentralus
  US-SE-SOCO: azure eastus3
  US-SW-AZPS: azure westus3 usgovarizona
  US-TEX-ERCO: gcp us-south1; azure southcentralus usgovtexas
  ZA: aws af-south-1; gcp africa-south1; azure southafricanorth southafricawest
`

let regions: readonly CloudRegion[] | undefined

/** All regions, by provider and name. */
export function cloudRegions(): readonly CloudRegion[] {
  regions ??= TABLE.split(/\n(?= {2}\S)/)
    .flatMap(regionsOfZone)
    .sort((one, other) => nameOf(one).localeCompare(nameOf(other), 'en'))
  return regions
}

/**
 * @param text - `aws:eu-west-3`, `gcp:us-central1`, `azure:westeurope`
 * @throws {UsageError} `E_CLOUD` with near names
 */
export function findCloudRegion(text: string): CloudRegion {
  const wanted = text.trim().toLowerCase()
  const found = cloudRegions().find((region) => nameOf(region) === wanted)
  if (found !== undefined) return found
  const near = closestNames(wanted, cloudRegions().map(nameOf))
  throw new UsageError('E_CLOUD', `there is no cloud region "${text.slice(0, 60)}"`, {
    hint:
      near.length > 0
        ? `did you mean ${near.join(' or ')}?`
        : 'give provider and region, e.g. aws:eu-west-3; greenbench carbon cloud lists all',
  })
}

const nameOf = ({ provider, region }: CloudRegion): string => `${provider}:${region}`

function regionsOfZone(line: string): CloudRegion[] {
  const [, zone = '', list = ''] = /^\s*([\w-]+): ([\s\S]*)$/.exec(line) ?? []
  if (zone === '') return []
  return list.split(';').flatMap((item) => {
    const [provider = '', ...names] = item.trim().split(/\s+/)
    return isProvider(provider) ? names.map((region) => ({ provider, region, zone, pue: PUE[provider] })) : []
  })
}

const isProvider = (text: string): text is CloudProvider => Object.hasOwn(PUE, text)
