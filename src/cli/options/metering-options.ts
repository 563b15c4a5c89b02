/** What measures, how often, and what the sensors must be told. */
import { decimal, duration, path, wordList } from '../value-kind.js'
import { energy } from './option-group.js'

/** What the sensors must be told. */
export const sensorOptions = {
  cpuTdp: energy(decimal('watts', '65', 0.1, 10_000), 'watts', 'thermal design power of the CPU, for estimates'),
  gpu: energy(
    wordList('indices or UUIDs of GPUs between commas', '0,1'),
    'ids',
    'GPUs to count, by index or UUID (default: those that CUDA_VISIBLE_DEVICES leaves)',
  ),
  powerLog: energy(
    path("Intel's PowerLog tool", '/Applications/Intel Power Gadget/PowerLog'),
    'file',
    "path of Intel's PowerLog tool",
  ),
  sensorRoot: energy(
    path('the folder where the file system of a host is mounted', '/host'),
    'folder',
    'read sensors below sys, proc and dev in this folder, as in a container with mounts of its host',
  ),
} as const

/** What measures, and how often. */
export const meteringOptions = {
  profiler: energy(
    wordList('names of profilers between commas, auto or none', 'rapl,estimate'),
    'names',
    'profilers in the order to try, auto or none (default: auto)',
  ),
  idle: energy(
    duration('10s'),
    'time',
    'idle baseline before and after, each (default: 3s with a sensor, 1s with a model)',
  ),
  samplingInterval: energy(
    duration('100ms', 0.001),
    'time',
    'time between two readings of a sensor (default: 100ms for power, 1s for counters and models)',
  ),
  ...sensorOptions,
} as const
