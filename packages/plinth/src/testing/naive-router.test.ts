import { NaiveRouter } from './naive-router.ts'
import { routerConformance } from './router-conformance.ts'

// The reference meets the same table, so that neither it nor the suite leans on how the tree works.
routerConformance('NaiveRouter', () => new NaiveRouter<string>(), { large: false })
