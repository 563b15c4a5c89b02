import { describe, expect, test } from 'vitest'
import { gpuPowerModel } from '../../profilers/gpu-power-model.js'

describe('the power of a GPU', () => {
  // Cloud Carbon Footprint's own rows: V100 35 to 306 W, A100 46 to 407 W.
  test.each([
    ['V100', 35, 306],
    ['A100', 46, 407],
    ['T4', 8, 71],
  ])('of %s is that of Cloud Carbon Footprint', (board, idle, full) => {
    const model = gpuPowerModel(board)
    expect(model.idleWatts).toBeCloseTo(idle, -0.5)
    expect(model.fullWatts).toBeCloseTo(full, -0.5)
  })

  test.each([
    ['NVIDIA A100-SXM4-80GB', 'A100'],
    ['Tesla V100-SXM2-16GB', 'V100'],
    ['nvidia a10g', 'A10G'],
    ['NVIDIA GeForce RTX 4090', 'RTX 4090'],
    ['NVIDIA H100 PCIe', 'H100 PCIe'],
    ['AMD Instinct MI300X', 'MI300X'],
  ])('of "%s" is that of %s', (name, board) => {
    expect(gpuPowerModel(name).fullWatts).toBe(gpuPowerModel(board).fullWatts)
  })

  // Limits by the makers' data sheets; that of the A10G is what nvidia-smi shows on a g5 instance.
  test.each([
    ['NVIDIA A10G', 300],
    ['Tesla V100-PCIE-16GB', 250],
    ['NVIDIA A100-PCIE-40GB', 250],
    ['NVIDIA A100 80GB PCIe', 300],
    ['NVIDIA GeForce RTX 3090 Ti', 450],
    ['NVIDIA GeForce RTX 4070 Ti', 285],
  ])('of "%s" follows its limit of %d W', (name, limit) => {
    expect(gpuPowerModel(name).fullWatts).toBe(gpuPowerModel(name, limit).fullWatts)
  })

  test('may be given by its limit', () => {
    expect(gpuPowerModel('my own', 200).fullWatts).toBeCloseTo(204, 9)
  })

  test.each([
    ['Voodoo 2'],
    [''],
    ['A1000'],
    ['NVIDIA GeForce RTX 4090 Laptop GPU'],
    ['RTX 2080 Ti with Max-Q Design'],
    ['x'.repeat(10_000)],
  ])('of %s is not known', (board) => {
    expect(() => gpuPowerModel(board)).toThrow(expect.objectContaining({ code: 'E_GPU_MODEL' }))
  })

  test.each([0, -1, Number.NaN, 5001])('of a limit of %d W is refused', (limit) => {
    expect(() => gpuPowerModel('A100', limit)).toThrow(expect.objectContaining({ code: 'E_GPU_TDP' }))
  })
})
