/** The tables of the package, which has no types of its own; everything is checked when it is read. */
declare module '@tgwf/co2/data' {
  export const electricityMaps: unknown
  export const averageIntensity: unknown
  export const marginalIntensity: unknown
}
