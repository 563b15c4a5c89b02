/** Units as types: SI inside, so that joules cannot be added to seconds or to kilowatt-hours by mistake. */

declare const unit: unique symbol

/** A number that carries its unit in its type; it is a plain number at run time. */
export type Quantity<Unit extends string> = number & { readonly [unit]: Unit }

export type Joules = Quantity<'J'>
export type KilowattHours = Quantity<'kWh'>
export type Seconds = Quantity<'s'>
export type Watts = Quantity<'W'>
/** Grams of CO2 equivalent. */
export type GramsCo2e = Quantity<'gCO2e'>
/** Grams of CO2 equivalent per kilowatt-hour of electricity. */
export type GramsPerKwh = Quantity<'g/kWh'>
export type Litres = Quantity<'L'>

export const joules = (value: number): Joules => value as Joules
export const kilowattHours = (value: number): KilowattHours => value as KilowattHours
export const seconds = (value: number): Seconds => value as Seconds
export const watts = (value: number): Watts => value as Watts
export const gramsCo2e = (value: number): GramsCo2e => value as GramsCo2e
export const gramsPerKwh = (value: number): GramsPerKwh => value as GramsPerKwh
export const litres = (value: number): Litres => value as Litres

/** 1 kWh = 3.6 MJ. */
export const JOULES_PER_KWH = 3_600_000

export const toKilowattHours = (energy: Joules): KilowattHours => kilowattHours(energy / JOULES_PER_KWH)
export const toJoules = (energy: KilowattHours): Joules => joules(energy * JOULES_PER_KWH)

/** W x s = J */
export const energyOf = (power: Watts, time: Seconds): Joules => joules(power * time)

/** kWh x g/kWh = g */
export const emissionOf = (energy: KilowattHours, intensity: GramsPerKwh): GramsCo2e => gramsCo2e(energy * intensity)

/** Adds quantities of one unit; those of another do not compile. */
export function sum<Unit extends string>(first: Quantity<Unit>, ...more: readonly Quantity<NoInfer<Unit>>[]) {
  return more.reduce<number>((total, value) => total + value, first) as Quantity<Unit>
}
