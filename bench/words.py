"""The words of which the invented asks are made."""


def _each(words: str) -> list[str]:
    return [word.strip() for word in words.split("|")]


TOPICS = _each(
    """
    Housing | Tax havens | Sanctions | Energy bills | Clean air | Rivers and seas | Railways | Buses | Roads |
    Schools | Childcare | Universities | Apprenticeships | Hospitals | Mental health | Dentists | Social care |
    Pensions | Benefits | Low pay | Farming | Fisheries | Food standards | Online safety | Data protection |
    Broadband | Policing | Prisons | Courts | Legal aid | Elections | Lobbying | Devolution | Local councils |
    Defence | Veterans | Asylum | Foreign aid | Trade | Company law
    """
)
REMITS = _each(
    """
    Housing | Justice | Transport | Health | Education | Energy | Trade | Culture | Defence | Farming | Pensions |
    Science | Treasury | Home | Foreign | Environment | Digital | Veterans | Equality | Planning | Charity |
    Railways | Water | Postal | Fisheries
    """
)
BODIES = [f"{form} {remit}" for form in ("Department for", "Office of") for remit in REMITS]
VERBS = _each(
    """
    Publish | Open | Fund | Ban | Review | Extend | Repeal | Protect | Reform | Restore | Enforce | Cap |
    Register | Inspect | Freeze | Limit
    """
)
THINGS = _each(
    """
    the register of owners | the list of foreign donors | a fund for repairs | independent inspections |
    the duty to report | the right to appeal | fees for tenants | the licence for landlords |
    grants for insulation | targets for clean rivers | free travel for pupils | waiting times for treatment |
    pay of carers | the code of conduct for ministers | assets of named officials | visas for investors |
    subsidies for diesel | penalties for late payment | records of private meetings | the ombudsman's powers |
    a public inquiry | the border inspection posts | minimum standards for flats | compensation for leaseholders
    """
)
PLACES = _each(
    """
    England | Wales | Scotland | Northern Ireland | the Isle of Man | Jersey | Guernsey | Gibraltar | Bermuda |
    the Cayman Islands | Anguilla | the British Virgin Islands | Cornwall | Kent | Yorkshire | the Midlands |
    London | the north-east | coastal towns | rural counties
    """
)
NOUNS = _each(
    """
    amendment | answer | appeal | assessment | backbencher | ballot | budget | campaign | chapter | charity |
    clause | commission | committee | compromise | consultation | contract | council | court | debate | decision |
    delay | department | draft | duty | election | enforcement | estimate | evidence | exemption | fund | grant |
    guidance | hearing | impact | inquiry | inspector | judge | judgment | letter | levy | licence | majority |
    minister | motion | notice | objection | office | official | opposition | order | owner | panel | parliament |
    payment | peer | penalty | permit | petition | pilot | plan | pledge | policy | power | promise | proposal |
    protest | question | receipt | recommendation | record | reform | regulator | report | request | response |
    review | ruling | schedule | scheme | secretary | session | spokesman | stage | statement | strategy |
    summary | target | tenant | timetable | treaty | tribunal | undertaking | vote | warning | witness
    """
)
ACTS = _each(
    """
    accepted | adjourned | adopted | amended | announced | answered | approved | asked | awaited | backed |
    blocked | brought | challenged | changed | cited | confirmed | considered | costed | debated | declined |
    deferred | delayed | delivered | described | discussed | doubted | drafted | ended | enforced | explained |
    extended | found | granted | heard | ignored | launched | led | left | listed | lost | moved | named | noted |
    opened | opposed | ordered | passed | placed | pledged | postponed | presented | promised | proposed |
    published | questioned | raised | received | recorded | refused | rejected | repeated | replaced | requested |
    restored | resumed | revised | saw | sent | settled | signed | started | stated | supported | tabled | took |
    upheld | voted | warned | welcomed | withdrew | wrote
    """
)
ENDINGS = _each(
    """
    in the Commons | in the Lords | in a written answer | in the autumn budget | after the election |
    before the recess | at the third reading | in a letter to the committee | on the department's website |
    with all-party support | without a vote | by a narrow majority | in the Queen's Speech | after a long delay |
    in the annual report | under the affirmative procedure | following the judgment | against advice |
    as the regulator had asked | in its final form
    """
)
PUBLISHERS = _each(
    """
    GOV.UK | UK Parliament | legislation.gov.uk | The National Archives | BBC | The Guardian | The Times |
    Transparency UK
    """
)
# For the searches that are measured: a word of three in five titles, one of most stories, and one of three asks.
COMMON, SECOND, RARE = "promise", "minister", "quillfeather"
