import type { Context } from 'plinth'
import type { Effects } from './hooks.ts'

/** Runs what waited for a commit, one after another. The rows are written: what fails now is for the log. */
export async function settleEffects(effects: Effects, ctx: Pick<Context, 'log'>): Promise<void> {
  for (const effect of effects.splice(0)) {
    try {
      await effect()
    } catch (error) {
      ctx.log.error({ err: error }, 'an afterCommit hook failed')
    }
  }
}
