import { expect, test, vi } from 'vitest'
import { ToolLease } from '../../profilers/tool-lease.js'

test('once it is closed, no tool is started', () => {
  const lease = new ToolLease()
  const start = vi.fn(() => ({ pid: 1 }))
  lease.close()
  expect([new ToolLease(lease.shared).start(start), start.mock.calls.length]).toEqual([undefined, 0])
})

test('the tool that was started is ended once, and one that has ended is left alone', () => {
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true)
  const [running, ended] = [new ToolLease(), new ToolLease()]
  new ToolLease(running.shared).start(() => ({ pid: 4_194_305 }))
  new ToolLease(ended.shared).start(() => ({ pid: 4_194_306 }))
  ended.release()
  for (const lease of [running, running, ended]) lease.close()
  const ends = kill.mock.calls
  kill.mockRestore()
  expect(ends).toEqual([[4_194_305, 'SIGKILL']])
})

test('a tool that could not be started leaves nothing to be ended', () => {
  const lease = new ToolLease()
  const fail = () => {
    throw new Error('no such file')
  }
  expect(() => lease.start(fail)).toThrow('no such file')
  expect(() => lease.close()).not.toThrow()
})
