// Mistake: an origin that may open WebSockets ends with a slash.
import { app } from 'plinth'

export default app().get('/live', { websocket: { origins: ['https://app.example/'] } }, () => null) // <- here
