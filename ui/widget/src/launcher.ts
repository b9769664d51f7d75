/** What a page loads: a button, `window.Tastemaker`, and the panel only when it is first opened. */

import { painted } from "./colour";
import css from "./launcher.css";
import { complete, fromScript, language, type Context, type Options, type Token } from "./options";
import type { Panel, Widget } from "./widget";

type Calls = unknown[][];
interface Global {
  (method: string, ...rest: unknown[]): unknown;
  q?: Calls;
  mount?: (options?: Partial<Options>) => void;
}

const BUBBLE = "M4 4.5h16v12H11l-5 4v-4H4zM12 7.2l.9 2.4 2.4.9-2.4.9-.9 2.4-.9-2.4-2.4-.9 2.4-.9z";
const NAMES = {
  en: ["Get recommendations", "Could not be loaded. Try again"],
  zh: ["帮我推荐", "没能加载，请再试一次"],
} as const;

function bubble(): SVGSVGElement {
  const [drawing, line] = ["svg", "path"].map((name) => document.createElementNS("http://www.w3.org/2000/svg", name));
  drawing?.setAttribute("viewBox", "0 0 24 24");
  line?.setAttribute("d", BUBBLE);
  drawing?.append(line as Element);
  return drawing as SVGSVGElement;
}

class Mounted implements Widget {
  readonly frame = document.createElement("div");
  readonly root: ShadowRoot;
  readonly #button = document.createElement("button");
  isOpen = false;
  panel: Panel | null = null;
  #loading: Promise<Panel> | null = null;
  readonly #host = document.createElement("tastemaker-widget");
  readonly #dark = matchMedia("(prefers-color-scheme: dark)");
  readonly #colours = new CSSStyleSheet();
  readonly #openKey: string;

  constructor(
    readonly server: string,
    readonly options: Options,
    readonly emit: (name: string, detail?: unknown) => boolean,
  ) {
    this.#openKey = `tastemaker.open ${options.site}`;
    this.root = this.#host.attachShadow({ mode: "open" });
    const style = new CSSStyleSheet();
    style.replaceSync(css);
    this.root.adoptedStyleSheets = [style, this.#colours];
    this.frame.className = "frame";
    this.frame.dataset.place = options.place;
    this.#button.className = "launcher";
    this.#button.ariaHasPopup = "dialog";
    this.#button.addEventListener("click", () => this.open());
    this.#button.append(bubble());
    this.frame.append(this.#button);
    this.root.append(this.frame);
    this.#dark.addEventListener("change", this.paint);
    this.paint();
    this.name(0);
    document.body.append(this.#host);
    emit("ready");
    if (this.#tab() && innerWidth > 600) this.open(false);
  }

  name(which: 0 | 1): void {
    const words = NAMES[language(this.options.locale)][which];
    this.#button.title = words;
    this.#button.ariaLabel = words;
  }

  paint = (): void => {
    const { theme, accent } = this.options;
    const dark = theme === "dark" || (theme !== "light" && this.#dark.matches);
    this.frame.toggleAttribute("data-dark", dark);
    const [plain, on, written] = painted(accent, dark);
    this.#colours.replaceSync(`.frame{--accent:${plain};--on-accent:${on};--written:${written}}`);
  };

  load(): Promise<Panel> {
    this.#button.ariaBusy = "true";
    this.#loading ??= import(new URL(PANEL, this.server).href).then(
      (module: { createPanel(widget: Widget): Panel }) => (this.panel = module.createPanel(this)),
    );
    return this.#loading.finally(() => (this.#button.ariaBusy = null));
  }

  open(focus = true): void {
    if (this.isOpen) return;
    this.isOpen = true;
    this.load().then(
      (panel) => {
        if (!this.isOpen) return;
        this.name(0);
        this.frame.dataset.open = "";
        this.#tab("1");
        panel.open(focus);
        this.emit("open");
      },
      (error: unknown) => {
        this.isOpen = false;
        this.#loading = null;
        this.name(1);
        this.emit("error", { status: 0, title: "The panel could not be loaded", detail: String(error) });
      },
    );
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#tab("");
    const inside = this.root.activeElement;
    this.panel?.close();
    this.name(0);
    delete this.frame.dataset.open;
    if (inside) this.#button.focus();
    this.emit("close");
  }

  destroy(): void {
    this.isOpen = false;
    this.panel?.destroy();
    this.#dark.removeEventListener("change", this.paint);
    this.#host.remove();
  }

  /** Whether this tab had it open, for the next page; told or asked. */
  #tab(open?: string): boolean {
    try {
      if (this.options.persistence === "none") return false;
      if (open !== undefined) sessionStorage.setItem(this.#openKey, open);
      return !!sessionStorage.getItem(this.#openKey);
    } catch {
      return false; // A page that may not keep anything still works.
    }
  }
}

function start(script: HTMLScriptElement, early: Global | undefined): void {
  const set = fromScript(script.dataset);
  let bus = new EventTarget();
  let mounted: Mounted | null = null;
  let left: AbortController | null = null;
  const emit = (name: string, detail?: unknown): boolean =>
    bus.dispatchEvent(new CustomEvent(name, { detail, cancelable: true }));

  const api = {
    mount(more: Partial<Options> = {}): void {
      const options = complete({ ...set, ...more });
      const mount = (): void => {
        mounted ??= new Mounted(new URL(".", script.src).href, options, emit);
      };
      if (document.body) return mount();
      left = new AbortController();
      document.addEventListener("DOMContentLoaded", mount, { once: true, signal: left.signal });
    },
    destroy(): void {
      left?.abort();
      mounted?.destroy();
      mounted = null;
      bus = new EventTarget();
    },
    open: (): void => mounted?.open(),
    close: (): void => mounted?.close(),
    toggle: (): void => (mounted?.isOpen ? mounted.close() : mounted?.open()),
    send(text: string): void {
      mounted?.open();
      mounted?.load().then((panel) => panel.send(text), () => {});
    },
    reset: (): void => void mounted?.load().then((panel) => panel.reset(), () => {}),
    setContext(context: Context): void {
      if (mounted) mounted.options.context = context;
      else set.context = context;
    },
    setUser(user: Token | string | null): void {
      const token = typeof user === "string" ? () => user : user;
      if (mounted) mounted.options.token = token;
      else set.token = token;
      mounted?.panel?.setUser(token);
    },
    setLocale(locale: string): void {
      if (!mounted) return void (set.locale = locale);
      mounted.options.locale = locale;
      mounted.name(0);
      mounted.panel?.setLocale(locale);
    },
    on: (name: string, listener: EventListener): void => bus.addEventListener(name, listener),
    off: (name: string, listener: EventListener): void => bus.removeEventListener(name, listener),
  };

  const call = (method: string, ...rest: unknown[]): unknown =>
    (api as Record<string, ((...rest: unknown[]) => unknown) | undefined>)[method]?.(...rest);
  (window as unknown as { Tastemaker: Global }).Tastemaker = Object.assign(call, api);
  const waiting = [...(early?.q ?? [])].map((args) => [...args]);
  for (const args of waiting.filter(([method]) => method === "on")) call(...(args as [string]));
  if (!("manual" in script.dataset)) api.mount();
  for (const args of waiting.filter(([method]) => method !== "on")) call(...(args as [string]));
}

const script = (document.currentScript ?? document.querySelector('script[src*="/widget.js"]')) as HTMLScriptElement;
const early = (window as unknown as { Tastemaker?: Global }).Tastemaker;
if (early?.mount) early.mount(fromScript(script.dataset)); // the same script twice is one widget
else start(script, early);
