/** Units as types: SI inside, so that joules cannot be added to seconds by mistake. */

declare const unit: unique symbol

/** A number that carries its unit in its type; it is a plain number at run time. */
export type Quantity<Unit extends string> = number & { readonly [unit]: Unit }

export type Joules = Quantity<'J'>
export type Seconds = Quantity<'s'>
/** Grams of CO2 equivalent. */
export type GramsCo2e = Quantity<'gCO2e'>
/** Grams of CO2 equivalent per kilowatt-hour of electricity. */
export type GramsPerKwh = Quantity<'g/kWh'>

export const joules = (value: number): Joules => value as Joules
export const seconds = (value: number): Seconds => value as Seconds
export const gramsCo2e = (value: number): GramsCo2e => value as GramsCo2e
export const gramsPerKwh = (value: number): GramsPerKwh => value as GramsPerKwh

/** 1 kWh = 3.6 MJ. */
export const JOULES_PER_KWH = 3_600_000
