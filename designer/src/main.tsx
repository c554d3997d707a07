import "@fontsource-variable/inter/wght.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/frame.css";
import "./styles/controls.css";
import "./styles/table.css";
import "./styles/instance.css";
import "./styles/travel.css";
import "./styles/screens.css";
import "./styles/people.css";
import "./styles/signing-in.css";
import "./styles/administration.css";
import "./styles/figures.css";
import "./styles/narrow.css";
import { render } from "preact";
import { App } from "./App";

const root = document.getElementById("app");
if (root) render(<App />, root);
