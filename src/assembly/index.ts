export { type AppParts, type Ground, groundOf } from './ground.js';
export { openRooms } from './rooms.js';
export { certificateOf, keepCertificate } from './tls.js';
