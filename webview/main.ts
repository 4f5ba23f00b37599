import './words';
import './main.css';
import './graph/minimap.css';
import { start } from './panel';

start(document.body);
