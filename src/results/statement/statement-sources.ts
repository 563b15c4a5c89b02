/** Where the figures of a statement come from, as papers cite it. */
import type { Source } from '../document/document.js'

const EPA = 'U.S. Environmental Protection Agency'

/** @param version - of the greenbench that measured, or several between commas */
export const greenbenchSource = (version: string): Source => ({
  key: 'greenbench',
  text: `greenbench ${version}`,
  entry: { type: 'misc', key: 'greenbench', title: 'greenbench', note: `Version ${version}` },
})

export const SOCIAL_COST_SOURCE: Source = {
  key: 'epa2023scghg',
  url: 'https://www.epa.gov/environmental-economics/scghg',
  text: `${EPA}, Report on the Social Cost of Greenhouse Gases: Estimates Incorporating Recent Scientific Advances (2023)`,
  entry: {
    type: 'techreport',
    title: 'Report on the Social Cost of Greenhouse Gases: Estimates Incorporating Recent Scientific Advances',
    author: EPA,
    institution: EPA,
    year: '2023',
  },
}

export const EQUIVALENCIES_SOURCE: Source = {
  key: 'epa2024equivalencies',
  url: 'https://www.epa.gov/energy/greenhouse-gas-equivalencies-calculator-calculations-and-references',
  text: `${EPA}, Greenhouse Gas Equivalencies Calculator: Calculations and References (2024)`,
  entry: {
    type: 'misc',
    title: 'Greenhouse Gas Equivalencies Calculator: Calculations and References',
    author: EPA,
    year: '2024',
  },
}

const ELECTRICITY_MAPS: Source = {
  key: 'electricitymaps',
  url: 'https://www.electricitymaps.com',
  text: 'Electricity Maps, yearly carbon intensities (ODbL)',
  entry: {
    type: 'misc',
    title: 'Carbon intensity of electricity, yearly',
    author: 'Electricity Maps',
    note: 'ODbL',
  },
}

const EMBER: Source = {
  key: 'ember',
  url: 'https://ember-energy.org',
  text: 'Ember, Yearly Electricity Data (CC BY-SA 4.0)',
  entry: {
    type: 'misc',
    title: 'Yearly Electricity Data',
    author: 'Ember',
    note: 'CC BY-SA 4.0',
  },
}

/** @returns nothing for a figure of the user's own */
export const factorSource = (source: string): Source | undefined =>
  [['Electricity Maps', ELECTRICITY_MAPS] as const, ['Ember', EMBER] as const].find(([beginning]) =>
    source.startsWith(beginning),
  )?.[1]
