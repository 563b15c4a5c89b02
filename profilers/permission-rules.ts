/**
 * What an administrator may set up once so that members of a group can read the energy counters of processors.
 *
 * @see https://man7.org/linux/man-pages/man7/udev.7.html
 */

/** The group that the rules name. */
const GROUP = 'greenbench'

/**
 * A udev rule with the commands that put it in force, as a script for `sudo sh`. Not open to all: who reads the counters
 * often enough learns something of what other processes compute (CVE-2020-8694).
 *
 * @param user - login name that is put into the group; `undefined` where there is none but root, who needs no group
 */
export function permissionRules(user: string | undefined): string {
  return `#!/bin/sh
# Lets the group "${GROUP}" read the energy counters of Linux powercap, now and after every start.
# Members can learn something of what other processes compute (CVE-2020-8694): let in only whom you trust.
set -e
groupadd -f ${GROUP}
${membership(user)}
cat > /etc/udev/rules.d/60-${GROUP}.rules <<'RULES'
SUBSYSTEM=="powercap", ACTION=="add|change", TEST=="energy_uj", ${FILES.map(letGroupRead).join(', ')}
RULES
udevadm control --reload
udevadm trigger --subsystem-match=powercap
# Log in again for the group to count, or begin a shell with it: newgrp ${GROUP}
# To undo: rm /etc/udev/rules.d/60-${GROUP}.rules, and start the machine anew.
`
}

/** How much was used, and where the counter starts again: without the second no wrap can be corrected. */
const FILES = ['energy_uj', 'max_energy_range_uj']

const letGroupRead = (file: string): string =>
  `RUN+="/bin/chgrp ${GROUP} /sys%p/${file}", RUN+="/bin/chmod g+r /sys%p/${file}"`

const membership = (user: string | undefined): string =>
  user === undefined
    ? `# Put each user who is to measure into the group: usermod -aG ${GROUP} NAME`
    : `usermod -aG ${GROUP} ${shellWord(user)}`

const shellWord = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
