interface Event {
  readonly attributes: {
    readonly action: string;
    readonly actor: { readonly id: string; readonly name?: string; readonly email?: string };
    readonly location?: { readonly ip?: string; readonly city?: string; readonly countryName?: string };
  };
}

interface Place {
  readonly city?: string;
  readonly countryName?: string;
}

const products = ['bitbucket', 'confluence', 'guard_detect', 'jira', 'loom'];
const productOf = (action: string) => products.find((name) => action.startsWith(`${name}_`)) ?? '';

function parsePlaces(text: string): readonly Place[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? (value as Place[]) : undefined;
  } catch {
    return undefined;
  }
}

const fits = (place: Place, location: Event['attributes']['location']) =>
  (place.city === undefined || place.city === location?.city) &&
  (place.countryName === undefined || place.countryName === location?.countryName);

/** The search's filters: different parameters narrow, repeated ones widen. Undefined when `location` is no JSON list. */
export function parseFilters(params: URLSearchParams): ((json: string) => boolean) | undefined {
  if ([...params].length === 0) return () => true;
  const term = (params.get('q') ?? '').toLowerCase();
  const action = params.get('action');
  const [actors, ips, wanted] = [params.getAll('actor'), params.getAll('ip'), params.getAll('product')];
  const places = params.has('location') ? parsePlaces(params.get('location') ?? '') : [];
  if (places === undefined) return undefined;
  return (json) => {
    if (term !== '' && !json.toLowerCase().includes(term)) return false;
    const { attributes } = JSON.parse(json) as Event;
    if (action && attributes.action !== action) return false;
    if (actors.length > 0 && !actors.includes(attributes.actor.id)) return false;
    if (ips.length > 0 && !ips.includes(attributes.location?.ip ?? '')) return false;
    if (wanted.length > 0 && !wanted.includes(productOf(attributes.action))) return false;
    return places.length === 0 || places.some((place) => fits(place, attributes.location));
  };
}
