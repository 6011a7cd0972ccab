/** The pages of Genchi in a browser. */
import './styles/index.css';
import { render } from 'preact';
import { startListening } from './data/live.js';
import { readSession } from './data/session.js';
import { Frame } from './frame.js';
import { startClock } from './time/range.js';

const place = document.getElementById('app');
if (place !== null) render(<Frame />, place);
startClock();
startListening();
void readSession();
