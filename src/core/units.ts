/** Units as types: SI inside, so that joules cannot be added to kilowatt-hours by mistake. */

declare const unit: unique symbol

/** A number that carries its unit in its type; it is a plain number at run time. */
export type Quantity<Unit extends string> = number & { readonly [unit]: Unit }

export type Joules = Quantity<'J'>
export type Watts = Quantity<'W'>
export type Seconds = Quantity<'s'>
export type Microjoules = Quantity<'uJ'>
export type KilowattHours = Quantity<'kWh'>
/** Grams of CO2 equivalent. */
export type GramsCo2e = Quantity<'gCO2e'>
/** Grams of CO2 equivalent per kilowatt-hour of electricity. */
export type GramsPerKwh = Quantity<'g/kWh'>

export const joules = (value: number): Joules => value as Joules
export const watts = (value: number): Watts => value as Watts
export const seconds = (value: number): Seconds => value as Seconds
export const microjoules = (value: number): Microjoules => value as Microjoules
export const kilowattHours = (value: number): KilowattHours => value as KilowattHours
export const gramsCo2e = (value: number): GramsCo2e => value as GramsCo2e
export const gramsPerKwh = (value: number): GramsPerKwh => value as GramsPerKwh

/** 1 kWh = 3.6 MJ. */
export const JOULES_PER_KWH = 3_600_000

/** @returns the same energy in kWh */
export const toKilowattHours = (energy: Joules): KilowattHours => kilowattHours(energy / JOULES_PER_KWH)

/** @returns the same energy in J */
export const fromMicrojoules = (energy: Microjoules): Joules => joules(energy * 1e-6)

/** @returns energy used at a steady power */
export const energyOf = (power: Watts, duration: Seconds): Joules => joules(power * duration)

/** @returns mean power; `undefined` when no time passed */
export const meanPower = (energy: Joules, duration: Seconds): Watts | undefined =>
  duration > 0 ? watts(energy / duration) : undefined
