import './main.css';
import { start } from './panel';

start(document.body);
