/** Whether this is a virtual machine or a container: there, most sensors are out of reach. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { textIfThere } from './device-file.js'

/** What stands between this process and the hardware. */
export interface Virtualisation {
  /** Name of the virtual machine or hypervisor, as far as it shows; absent on bare metal. */
  readonly machine?: string
  /** Name of the container runtime; absent outside a container. */
  readonly container?: string
}

/** Words in the DMI tables that only virtual machines carry. */
const HYPERVISORS: readonly (readonly [RegExp, string])[] = [
  [/amazon ec2/i, 'Amazon EC2'],
  [/google compute engine/i, 'Google Compute Engine'],
  [/vmware/i, 'VMware'],
  [/virtualbox|innotek/i, 'VirtualBox'],
  [/microsoft corporation virtual machine|hyper-v/i, 'Hyper-V'],
  [/parallels/i, 'Parallels'],
  [/xen/i, 'Xen'],
  [/bochs|bhyve/i, 'bhyve or Bochs'],
  [/kvm|qemu|openstack/i, 'KVM or QEMU'],
]

/** Words in the control group's path that name the runtime. */
const RUNTIMES: readonly (readonly [RegExp, string])[] = [
  [/kubepods/, 'kubernetes'],
  [/docker/, 'docker'],
  [/libpod|podman/, 'podman'],
  [/containerd|cri-/, 'containerd'],
  [/\blxc\b/, 'lxc'],
]

/**
 * Reads files only; nothing is spawned. Amazon's bare-metal instances name EC2 in DMI without being virtual, so the
 * processor's `hypervisor` flag decides where there is one.
 *
 * @param root - folder that stands for `/`
 */
export function readVirtualisation(root = '/'): Virtualisation {
  const machine = machineName(root)
  const container = containerName(root)
  return { ...(machine === undefined ? {} : { machine }), ...(container === undefined ? {} : { container }) }
}

/** @returns e.g. `a KVM or QEMU virtual machine, in a docker container`; `undefined` on bare metal */
export function describeVirtualisation({ machine, container }: Virtualisation): string | undefined {
  const parts = [
    ...(machine === undefined ? [] : [machine === 'unknown' ? 'a virtual machine' : `a ${machine} virtual machine`]),
    ...(container === undefined ? [] : [`a ${container} container`]),
  ]
  return parts.length === 0 ? undefined : parts.join(', in ')
}

function machineName(root: string): string | undefined {
  if (/microsoft/i.test(textOf(root, 'proc/sys/kernel/osrelease'))) return 'WSL'
  const cpuinfo = textOf(root, 'proc/cpuinfo')
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]
  if (flags !== undefined && !/\bhypervisor\b/.test(flags)) return undefined
  const vendor = `${textOf(root, 'sys/class/dmi/id/sys_vendor')} ${textOf(root, 'sys/class/dmi/id/product_name')}`
  const words = `${vendor} ${textOf(root, 'sys/hypervisor/type')}`
  const known = HYPERVISORS.find(([pattern]) => pattern.test(words))?.[1]
  return known ?? (flags === undefined ? undefined : 'unknown')
}

function containerName(root: string): string | undefined {
  if (existsSync(join(root, '.dockerenv'))) return 'docker'
  if (existsSync(join(root, 'run/.containerenv'))) return 'podman'
  const group = textOf(root, 'proc/1/cgroup')
  return RUNTIMES.find(([pattern]) => pattern.test(group))?.[1]
}

const textOf = (root: string, path: string): string => textIfThere(join(root, path)) ?? ''
